import { deserializeTransaction } from '@stacks/transactions';
import { describe, expect, it } from 'vitest';
import { microStx } from '../../../../src/core/index.ts';
import type { ChainPort } from '../../../../src/execution/ports/chain.ts';
import { prepareCall, type WalletTarget } from '../../../../src/service/wallet/index.ts';
import { keyFromText } from '../../../../src/signer/index.ts';

const { publicKey } = keyFromText({ name: 'k', text: '6b'.repeat(32) });
const deposit = { kind: 'addFunds', amount: 5_000n } as const;
const terms = { publicKey, feeCap: microStx(100_000) };

interface Scene {
  readonly chainId?: number;
  readonly source?: string | null;
  readonly feeRate?: number;
  readonly nonce?: number;
  readonly pending?: readonly number[];
}

function target({
  chainId = 2_147_483_648,
  source = '()',
  feeRate = 1,
  nonce = 0,
  pending = [],
}: Scene = {}): WalletTarget {
  const chain = {
    identity: async () => ({ chainId, genesis: '00'.repeat(32) }),
    contractSource: async () => source,
    feeRate: async () => feeRate,
    account: async () => ({ nonce, balance: microStx(1_000_000) }),
    pendingNonces: async () => pending,
  } as unknown as ChainPort;
  return { chain, network: 'testnet', contractId: 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM.energy-grid' };
}

describe('preparing a call', () => {
  it('shows exactly what the unsigned bytes hold', async () => {
    const prepared = await prepareCall(target({ nonce: 7 }), deposit, { ...terms, fee: microStx(999) });
    const { auth, postConditions } = deserializeTransaction(prepared.unsignedHex);
    expect(auth.spendingCondition).toMatchObject({ nonce: 7n, fee: 999n });
    expect(postConditions.values).toHaveLength(1);
    expect(prepared).toMatchObject({ nonce: 7, fee: 999, cost: 5_999n, balance: 1_000_000 });
    expect(prepared.lines.join(' ')).toContain('move 5000 µSTX from the sender');
    expect(prepared.postConditions).toEqual([`${prepared.sender} sends exactly 5000 µSTX, and nothing else moves`]);
  });

  it('says where nothing moves', async () => {
    const prepared = await prepareCall(target(), { kind: 'registerProsumer' }, terms);
    expect(prepared.postConditions).toEqual(['nothing but the fee leaves any account']);
  });

  it.each([
    ['the account’s next nonce', { nonce: 4 }, 4],
    ['the one after those pending', { nonce: 4, pending: [4, 5] }, 6],
    ['a gap before those pending', { nonce: 4, pending: [5, 6] }, 4],
  ])('takes %s', async (_, scene, nonce) => {
    expect((await prepareCall(target(scene), deposit, terms)).nonce).toBe(nonce);
  });

  it('takes the given nonce', async () => {
    expect((await prepareCall(target({ nonce: 4 }), deposit, { ...terms, nonce: 2 })).nonce).toBe(2);
  });

  it('pays by size and rate, with a floor, and never more than the cap without being asked', async () => {
    const { fee, unsignedHex } = await prepareCall(target({ feeRate: 3 }), deposit, terms);
    expect(fee).toBe((unsignedHex.length / 2) * 3);
    expect((await prepareCall(target({ feeRate: 0 }), deposit, terms)).fee).toBe(300);
    await expect(prepareCall(target({ feeRate: 1000 }), deposit, terms)).rejects.toMatchObject({
      name: 'ConfigError',
      hints: [expect.stringMatching(/--fee \d+/)],
    });
  });

  it('refuses another chain, and one without the contract', async () => {
    await expect(prepareCall(target({ chainId: 1 }), deposit, terms)).rejects.toThrow(/node of the testnet network/);
    await expect(prepareCall(target({ source: null }), deposit, terms)).rejects.toThrow(/expected the contract ST1PQ/);
  });
});
