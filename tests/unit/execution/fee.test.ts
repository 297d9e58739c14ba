import { describe, expect, test } from 'vitest';
import type { BatchCall } from '../../../src/contract/index.ts';
import { microStx, principal } from '../../../src/core/index.ts';
import { entriesWithinCap, feeFor, transactionSize } from '../../../src/execution/fee.ts';
import { createLocalSigner, keyFromText } from '../../../src/signer/index.ts';
import { testAccount } from '../../support/devnet.ts';
import { ALICE, BOB } from '../../support/trading-fixtures.ts';

const { address, privateKey } = testAccount(0);
const signer = createLocalSigner({
  keys: [keyFromText({ name: 'test', text: privateKey })],
  network: 'embedded',
  contractId: `${address}.energy-grid`,
  feeCap: microStx(100_000),
});
const contractBuyer = principal(`${BOB}.wallet`);
const calls: BatchCall[] = [
  { kind: 'buyEnergyFor', validUntil: 9n, entries: [{ buyer: ALICE, tradeId: 1n, amount: 2n, maxPrice: 3n }] },
  {
    kind: 'buyEnergyFor',
    validUntil: 9n,
    entries: Array.from({ length: 100 }, () => ({ buyer: contractBuyer, tradeId: 1n, amount: 2n, maxPrice: 3n })),
  },
  { kind: 'tradeEnergyFor', validUntil: 9n, openUntil: 20n, entries: [{ seller: ALICE, amount: 2n, price: 3n }] },
  { kind: 'cancelTradeFor', validUntil: 9n, entries: [{ seller: ALICE, tradeId: 2n }] },
];

describe('transactionSize', () => {
  test.each(calls)('is what the signer makes of $kind', async (call) => {
    const { hex } = await signer.sign({ signer: principal(address), call, nonce: 7, fee: microStx(900) });
    expect(transactionSize(call)).toBe(hex.length / 2);
  });
});

describe('feeFor', () => {
  const [call] = calls as [BatchCall];
  const size = transactionSize(call);

  test('is rate times size, rounded up, between floor and cap', () => {
    const fee = (ratePerByte: number, floor = 0, cap = 1e6) =>
      feeFor(call, { ratePerByte, floor: microStx(floor), cap: microStx(cap) });
    expect(fee(1)).toBe(size);
    expect(fee(1.5)).toBe(Math.ceil(size * 1.5));
    expect(fee(1, 5_000)).toBe(5_000);
    expect(fee(1_000, 0, 5_000)).toBe(5_000);
  });
});

describe('entriesWithinCap', () => {
  test('keeps every batch within the cap, whoever is in it', () => {
    const policy = { ratePerByte: 2, floor: microStx(0), cap: microStx(5_000) };
    const most = entriesWithinCap(policy);
    const entries = Array.from({ length: most }, () => ({
      buyer: contractBuyer,
      tradeId: 1n,
      amount: 2n,
      maxPrice: 3n,
    }));
    expect(transactionSize({ kind: 'buyEnergyFor', validUntil: 9n, entries }) * 2).toBeLessThanOrEqual(5_000);
    expect(entriesWithinCap({ ...policy, cap: microStx(1_000_000) })).toBe(100);
  });

  test('error: a cap that not one trade fits in', () => {
    const policy = { ratePerByte: 1, floor: microStx(0), cap: microStx(200) };
    expect(() => entriesWithinCap(policy)).toThrow(
      'expected a fee cap that one trade fits in at 1 µSTX per byte, was 200',
    );
  });
});
