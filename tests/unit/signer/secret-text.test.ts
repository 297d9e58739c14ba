import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { addressOf, assertUsableOn, keyFromText, newWords } from '../../../src/signer/index.ts';

const deployerWords =
  'twice kind fence tip hidden tilt action fragile skin nothing glory cousin green tomorrow spring wrist shed math olympic multiply hip blue scout claw';
const deployerSecret = '753b7cc01a1a2e86221266a154af739463fce51219d97e4f856cd7200c3bd2a6';
const deployer = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM';
const ownSecret = 'a1'.repeat(32);

describe('keyFromText', () => {
  it('derives the account that Stacks wallets derive from the words', () => {
    expect(addressOf(keyFromText({ name: 'k', text: deployerWords }).publicKey, 'testnet')).toBe(deployer);
  });

  it.each([
    ['64 hex digits', deployerSecret],
    ['66 hex digits', `${deployerSecret}01`],
    ['0x and capitals', `0x${deployerSecret.toUpperCase()}`],
    ['words in capitals with odd spacing', `  ${deployerWords.toUpperCase().replaceAll(' ', '  ')}\n`],
  ])('reads %s', (_, text) => {
    expect(addressOf(keyFromText({ name: 'k', text }).publicKey, 'embedded')).toBe(deployer);
  });

  it('has one address on mainnet and another on test networks', () => {
    const { publicKey } = keyFromText({ name: 'k', text: ownSecret });
    expect(addressOf(publicKey, 'mainnet')).toMatch(/^SP/);
    expect(addressOf(publicKey, 'testnet')).toMatch(/^ST/);
    expect(addressOf(publicKey, 'mainnet').slice(2, 30)).toBe(addressOf(publicKey, 'testnet').slice(2, 30));
  });

  it('derives further accounts of the same words', () => {
    const words = newWords();
    expect(words.split(' ')).toHaveLength(24);
    const publicKeys = [0, 1, 2].map((account) => keyFromText({ name: 'k', text: words, account }).publicKey);
    expect(new Set(publicKeys).size).toBe(3);
  });

  it.each([
    ['a wrong checksum', deployerWords.replace('claw', 'kind')],
    ['13 words', `${deployerWords.split(' ').slice(0, 12).join(' ')} claw`],
    ['short hex', 'ab12cd34'],
    ['zero', '0'.repeat(64)],
    ['a number above the order of the group', 'f'.repeat(64)],
  ])('refuses %s without quoting it', (_, text) => {
    const failure = failureOf(() => keyFromText({ name: 'k', text }));
    expect(failure).toContain('ConfigError');
    for (const piece of text.split(' '))
      expect(failure.replace(/at .*/g, '')).not.toMatch(new RegExp(`\\b${piece}\\b`));
  });

  it('knows published accounts, by words, by hex and at any account of the words', () => {
    for (const key of [
      keyFromText({ name: 'k', text: deployerWords }),
      keyFromText({ name: 'k', text: deployerSecret }),
      keyFromText({ name: 'k', text: deployerWords, account: 3 }),
    ]) {
      expect(() => assertUsableOn(key, 'embedded')).not.toThrow();
      expect(() => assertUsableOn(key, 'testnet')).toThrow(/published account of Clarinet/);
      expect(() => assertUsableOn(key, 'mainnet')).toThrow(/published account of Clarinet/);
    }
    expect(() => assertUsableOn(keyFromText({ name: 'k', text: ownSecret }), 'mainnet')).not.toThrow();
  });

  it('shows no secret however a key is printed', () => {
    const key = keyFromText({ name: 'k', text: ownSecret });
    for (const shown of [JSON.stringify(key), inspect(key, { depth: null, showHidden: true }), String(key)]) {
      expect(shown).not.toContain(ownSecret);
    }
  });
});

function failureOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return inspect(error);
  }
  return 'no failure';
}
