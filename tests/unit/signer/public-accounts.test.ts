import { readFileSync } from 'node:fs';
import { validateStacksAddress } from '@stacks/transactions';
import { describe, expect, it } from 'vitest';
import { addressOf, keyFromText, publicAccountName } from '../../../src/signer/index.ts';

const settings = readFileSync(new URL('../../../settings/Devnet.toml', import.meta.url), 'utf8');
const published = [...settings.matchAll(/\[accounts\.(\w+)\]\s+mnemonic = "([^"]+)"/g)];

describe('published accounts', () => {
  it('include every account that this project starts its simnet with', () => {
    expect(published.length).toBeGreaterThan(0);
    for (const [, name, words = ''] of published) {
      const key = keyFromText({ name: 'k', text: words });
      expect(publicAccountName(addressOf(key.publicKey, 'testnet'))).toBe(name);
      expect(key.embeddedOnly).toBe(true);
    }
  });

  it('are real addresses, and no others', () => {
    const source = readFileSync(new URL('../../../src/signer/public-accounts.ts', import.meta.url), 'utf8');
    const addresses = [...source.matchAll(/'(ST\w+)'/g)].map(([, address]) => address as string);
    expect(addresses).toHaveLength(22);
    expect(new Set(addresses).size).toBe(22);
    expect(addresses.every((address) => validateStacksAddress(address))).toBe(true);
    expect(publicAccountName('ST000000000000000000002AMW42H')).toBeNull();
  });
});
