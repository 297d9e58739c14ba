import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BatchCall } from '../../../src/contract/index.ts';
import { microStx, principal } from '../../../src/core/index.ts';
import {
  entriesWithinCap,
  feeFor,
  feeShare,
  highestFee,
  isTooDear,
  raisedFee,
  transactionSize,
} from '../../../src/execution/fee.ts';
import { NOOP } from '../../../src/execution/no-op.ts';
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

describe('raisedFee', () => {
  const [call] = calls as [BatchCall];
  const policy = { ratePerByte: 1, floor: microStx(100), cap: microStx(1_000) };

  test('is a quarter more, rounded up', () => {
    expect(raisedFee(call, microStx(500), policy)).toBe(625);
    expect(raisedFee(call, microStx(501), policy)).toBe(627);
  });

  test('is none where a quarter more is above the cap or the price of its entries', () => {
    expect(raisedFee(call, microStx(800), policy)).toBe(1_000);
    expect(raisedFee(call, microStx(801), policy)).toBeNull();
    expect(raisedFee(call, microStx(500), { ...policy, perEntry: microStx(600) })).toBeNull();
  });

  test('of a call that does nothing knows the cap alone, for it has no entries', () => {
    expect(raisedFee(NOOP, microStx(500), { ...policy, perEntry: microStx(1) })).toBe(625);
  });
});

describe('highestFee', () => {
  test('is the price of each entry times their number, within the cap', () => {
    const [one, hundred] = calls as [BatchCall, BatchCall];
    const policy = { ratePerByte: 1, floor: microStx(100), cap: microStx(9_000), perEntry: microStx(200) };
    expect([highestFee(one, policy), highestFee(hundred, policy)]).toEqual([200, 9_000]);
    expect([isTooDear(one, policy), isTooDear(hundred, { ...policy, cap: microStx(50_000) })]).toEqual([true, false]);
  });
});

describe('feeShare', () => {
  test('adds up to the fee exactly, and no two shares differ by more than 1 µSTX', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 100 }), (fee, entries) => {
        const shares = Array.from({ length: entries }, (_, entry) => feeShare(microStx(fee), { entry, entries }));
        expect(shares.reduce((sum, share) => sum + BigInt(share), 0n)).toBe(BigInt(fee));
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
