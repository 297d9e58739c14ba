import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCount, parseMicroStx, parsePrice, parseWh, showMicroStx, showWh } from '../../../src/cli/amounts.ts';
import { MAX_AMOUNT } from '../../../src/core/index.ts';
import { fuzzParameters } from '../../support/fuzz.ts';

describe('amounts that people type', () => {
  it.each([
    ['1500000', 1_500_000n],
    ['1.5STX', 1_500_000n],
    ['1.5 STX', 1_500_000n],
    ['0.000001STX', 1n],
    ['1.500000000STX', 1_500_000n],
    ['250uSTX', 250n],
    ['250µSTX', 250n],
    ['0', 0n],
    [String(MAX_AMOUNT), BigInt(MAX_AMOUNT)],
  ])('reads %s as money', (text, value) => {
    expect(parseMicroStx(text)).toBe(value);
  });

  it.each([
    ['2000', 2000n],
    ['2kWh', 2000n],
    ['0.001 kWh', 1n],
    ['1.5MWh', 1_500_000n],
    ['7Wh', 7n],
  ])('reads %s as energy', (text, value) => {
    expect(parseWh(text)).toBe(value);
  });

  it.each([
    ['90', 90n],
    ['0.09STX/kWh', 90n],
    ['90µSTX/Wh', 90n],
    ['90 STX/MWh', 90n],
  ])('reads %s as a price', (text, value) => {
    expect(parsePrice(text)).toBe(value);
  });

  it.each([
    '0.0000001STX',
    '1.5',
    '0.5uSTX',
    '-1',
    '+1',
    '1e6',
    '1,000',
    '1_000',
    '',
    ' ',
    'STX',
    '1BTC',
    '1STX2',
    '0x10',
    'NaN',
    '٣',
  ])('refuses "%s" as money, quoting it', (text) => {
    expect(() => parseMicroStx(text)).toThrow(`"${text}"`);
  });

  it('refuses what is larger than the contract takes', () => {
    expect(() => parseMicroStx(String(BigInt(MAX_AMOUNT) + 1n))).toThrow(/at most/);
    expect(() => parseMicroStx('9007199255STX')).toThrow(/at most/);
    expect(() => parseCount('99999999999999999')).toThrow(/whole number/);
  });

  it('refuses energy and prices in units of another kind', () => {
    expect(() => parseWh('2STX')).toThrow(/amount of energy/);
    expect(() => parseMicroStx('2kWh')).toThrow(/amount of money/);
    expect(() => parsePrice('0.0001STX/kWh')).toThrow(/remainder/);
  });

  it('property: what is shown reads back as the same amount', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, BigInt(MAX_AMOUNT)), (value) => {
        expect(parseMicroStx(showMicroStx(value).replaceAll(',', ''))).toBe(value);
        expect(parseWh(showWh(value).replaceAll(',', ''))).toBe(value);
      }),
      fuzzParameters('amounts', { runs: 200 }),
    );
  });

  it('shows debts and groups of thousands', () => {
    expect(showWh(-1500)).toBe('-1.5 kWh');
    expect(showWh(-20)).toBe('-20 Wh');
    expect(showMicroStx(1_234_567_000_000n)).toBe('1,234,567 STX');
    expect(showMicroStx(1)).toBe('0.000001 STX');
  });
});
