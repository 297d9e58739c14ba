import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/core/index.ts';
import { resolveParameters } from '../../../src/trading/index.ts';
import { defineParameters } from '../../../src/trading/strategy-api.ts';

const text = { unit: '%', description: 'How much.', optimisable: true };
const strategy = {
  name: 'example',
  parameters: defineParameters({
    share: { kind: 'integer', default: 5, min: 0, max: 100, ...text },
    ratio: { kind: 'number', default: 0.5, min: 0.1, max: 2, ...text, unit: '' },
    side: { kind: 'choice', default: 'both', choices: ['both', 'buy'], ...text, unit: '' },
  }),
};

const refusal = (given: Record<string, unknown>): ConfigError => {
  try {
    resolveParameters(strategy, given);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};

describe('resolveParameters', () => {
  it('default: fills in what is not given', () => {
    expect(resolveParameters(strategy)).toEqual({ share: 5, ratio: 0.5, side: 'both' });
  });

  it('behavior: takes what is in range, ends included, and freezes it', () => {
    const values = resolveParameters(strategy, { share: 100, ratio: 0.1, side: 'buy' });
    expect(values).toEqual({ share: 100, ratio: 0.1, side: 'buy' });
    expect(Object.isFrozen(values)).toBe(true);
  });

  it('error: an unknown name', () => {
    const error = refusal({ sahre: 5 });
    expect(error.message).toBe('expected a parameter of the strategy "example", was "sahre"');
    expect(error.hints).toEqual(['It knows share, ratio, side.']);
  });

  it('error: a name of Object.prototype is unknown too', () => {
    expect(refusal({ toString: 5 }).message).toContain('was "toString"');
  });

  it.each([
    [{ share: 101 }, 'expected share of the strategy "example" to be an integer from 0 to 100 %, was 101'],
    [{ share: 5.5 }, 'expected share of the strategy "example" to be an integer from 0 to 100 %, was 5.5'],
    [{ share: '5' }, 'expected share of the strategy "example" to be an integer from 0 to 100 %, was "5"'],
    [{ share: null }, 'expected share of the strategy "example" to be an integer from 0 to 100 %, was null'],
    [{ ratio: Number.NaN }, 'expected ratio of the strategy "example" to be a number from 0.1 to 2, was null'],
    [{ side: 'sell' }, 'expected side of the strategy "example" to be one of both, buy, was "sell"'],
  ])('error: %j', (given, message) => {
    expect(refusal(given).message).toBe(message);
  });

  it('error: names the default as the way out', () => {
    expect(refusal({ share: -1 }).hints).toEqual(['Leave it out for the default of 5 %. How much.']);
  });
});
