import { beforeEach, describe, expect, it } from 'vitest';
import { type EntryCall, eventDigest, type GridCall, OPENING_DIGEST, reads } from '../../src/contract/index.ts';
import { type Principal, tradeId } from '../../src/core/index.ts';
import { actors, contractId, epochs, freshGrid, type Grid } from '../support/simnet.ts';

const { owner, alice, bob, operator, meter } = actors;
const FAR = 10_000n;

/** One call for every topic and every kind of change, with the event that it must print. */
const story: readonly (readonly [Principal, GridCall | EntryCall, Readonly<Record<string, unknown>>])[] = [
  [alice, { kind: 'registerProsumer' }, { topic: 'prosumer-registered', prosumer: alice }],
  [bob, { kind: 'registerProsumer' }, { topic: 'prosumer-registered', prosumer: bob }],
  [
    alice,
    { kind: 'addEnergy', amount: 100n },
    { topic: 'energy-added', prosumer: alice, amount: 100, energyBalance: 100 },
  ],
  [
    alice,
    { kind: 'consumeEnergy', amount: 30n },
    { topic: 'energy-consumed', prosumer: alice, amount: 30, energyBalance: 70 },
  ],
  [
    bob,
    { kind: 'addFunds', amount: 1_000n },
    { topic: 'funds-added', prosumer: bob, amount: 1_000, fundsBalance: 1_000 },
  ],
  [
    bob,
    { kind: 'withdrawFunds', amount: 400n },
    { topic: 'funds-withdrawn', prosumer: bob, amount: 400, fundsBalance: 600 },
  ],
  [
    alice,
    {
      kind: 'delegateTrading',
      operator,
      spendLimit: 9n,
      energyLimit: 50n,
      maxBuyPrice: 8n,
      minSellPrice: 7n,
      expiresAt: FAR,
    },
    {
      topic: 'delegation-granted',
      prosumer: alice,
      operator,
      grantId: 1,
      spendLimit: 9,
      energyLimit: 50,
      maxBuyPrice: 8,
      minSellPrice: 7,
      expiresAt: 10_000,
    },
  ],
  [
    bob,
    {
      kind: 'delegateTrading',
      operator,
      spendLimit: 500n,
      energyLimit: 0n,
      maxBuyPrice: 10n,
      minSellPrice: 0n,
      expiresAt: FAR,
    },
    { topic: 'delegation-granted', prosumer: bob, grantId: 2 },
  ],
  [
    alice,
    { kind: 'tradeEnergy', amount: 10n, price: 5n },
    {
      topic: 'trade-listed',
      tradeId: 1,
      seller: alice,
      operator: alice,
      amount: 10,
      price: 5,
      openUntil: null,
      energyBalance: 60,
      grant: null,
    },
  ],
  [
    operator,
    { kind: 'tradeOneFor', seller: alice, amount: 20n, price: 9n, openUntil: FAR },
    {
      topic: 'trade-listed',
      tradeId: 2,
      seller: alice,
      operator,
      amount: 20,
      price: 9,
      openUntil: 10_000,
      energyBalance: 40,
      grant: { id: 1, energyLeft: 30 },
    },
  ],
  [
    operator,
    { kind: 'buyOneFor', buyer: bob, tradeId: 2n, amount: 20n, maxPrice: 9n },
    {
      topic: 'trade-bought',
      tradeId: 2,
      seller: alice,
      buyer: bob,
      operator,
      amount: 20,
      price: 9,
      cost: 180,
      buyerEnergy: 20,
      buyerFunds: 420,
      sellerEnergy: 40,
      sellerFunds: 180,
      grant: { id: 2, spendLeft: 320 },
    },
  ],
  [
    bob,
    { kind: 'buyEnergy', tradeId: 1n },
    { topic: 'trade-bought', operator: bob, cost: 50, buyerFunds: 370, sellerFunds: 230, grant: null },
  ],
  [
    operator,
    { kind: 'tradeOneFor', seller: alice, amount: 30n, price: 7n, openUntil: FAR },
    { topic: 'trade-listed', tradeId: 3, energyBalance: 10, grant: { id: 1, energyLeft: 0 } },
  ],
  [
    alice,
    { kind: 'cancelTrade', tradeId: 3n },
    {
      topic: 'trade-cancelled',
      tradeId: 3,
      seller: alice,
      operator: alice,
      amount: 30,
      energyBalance: 40,
      grant: { id: 1, energyLeft: 30 },
    },
  ],
  [
    alice,
    { kind: 'revokeDelegation', operator },
    { topic: 'delegation-revoked', prosumer: alice, operator, grantId: 1 },
  ],
  [owner, { kind: 'setEnergyPrice', price: 120n }, { topic: 'energy-price-set', price: 120 }],
  [owner, { kind: 'assignMeter', prosumer: bob, meter }, { topic: 'meter-assigned', prosumer: bob, meter }],
  [owner, { kind: 'requireMeters', required: true }, { topic: 'meters-required', required: true }],
  [
    meter,
    { kind: 'recordReading', prosumer: bob, readingId: 7n, produced: 5n, consumed: 40n },
    {
      topic: 'reading-recorded',
      prosumer: bob,
      meter,
      readingId: 7,
      produced: 5,
      consumed: 40,
      energyBalance: -5,
    },
  ],
  [owner, { kind: 'requireMeters', required: false }, { topic: 'meters-required', required: false }],
];

describe.each(epochs)('events in epoch %s', (epoch) => {
  it('default: every change prints one, numbered without gaps, and the digest recomputes', async () => {
    const grid = await freshGrid({ epoch });
    let digest = OPENING_DIGEST;
    for (const [index, [caller, call, expected]] of story.entries()) {
      const { result, printed } = grid.call<GridCall | EntryCall>(caller, call);
      expect(result, call.kind).toMatchObject({ ok: true });
      expect(printed).toHaveLength(1);
      expect(printed[0]?.event).toMatchObject({ sequence: index + 1, ...expected });
      digest = eventDigest(digest, printed[0]?.hex ?? '');
      expect(grid.read(reads.market())).toMatchObject({ sequence: index + 1, digest });
    }
    expect(new Set(story.map(([, , event]) => event.topic)).size).toBe(14);
    expect(grid.read(reads.prosumer(bob))).toEqual({
      energy: -5,
      funds: 370,
      escrowed: 0,
      openTrades: 0,
      meter,
      lastReading: 7,
    });
    expect(grid.read(reads.market())).toMatchObject({ gridBalance: 35n, totalFunds: 600n, prosumers: 2 });
  });
});

describe('meters', () => {
  let grid: Grid;
  const reading = { kind: 'recordReading', prosumer: alice, readingId: 1n, produced: 0n, consumed: 0n } as const;
  beforeEach(async () => {
    grid = await freshGrid();
    for (const who of [alice, bob]) grid.must(who, { kind: 'registerProsumer' });
    grid.must(alice, { kind: 'addEnergy', amount: 10n });
    grid.must(bob, { kind: 'addFunds', amount: 1_000n });
    grid.must(owner, { kind: 'assignMeter', prosumer: alice, meter });
  });

  it('behavior: a retried reading counts once, and another meter goes on from the last id', () => {
    grid.must(meter, { ...reading, readingId: 5n, produced: 7n });
    expect(grid.call(meter, { ...reading, readingId: 5n, produced: 7n }).result).toMatchObject({ ok: false });
    grid.must(owner, { kind: 'assignMeter', prosumer: alice, meter: operator });
    expect(grid.call(meter, { ...reading, readingId: 6n }).result).toMatchObject({ error: 'unauthorized' });
    expect(grid.call(operator, { ...reading, readingId: 1n }).result).toMatchObject({ error: 'invalidAmount' });
    grid.must(operator, { ...reading, readingId: 6n, produced: 1n });
    expect(grid.read(reads.prosumerInfo(alice))).toMatchObject({ energy: 18 });
  });

  it('behavior: a reading takes a balance below zero; it then cannot list until it has bought or produced', () => {
    grid.must(meter, { ...reading, consumed: 30n });
    expect(grid.read(reads.prosumerInfo(alice))).toMatchObject({ energy: -20 });
    expect(grid.read(reads.gridBalance())).toBe(-20n);
    const offer = { kind: 'tradeEnergy', amount: 1n, price: 1n } as const;
    expect(grid.call(alice, offer).result).toMatchObject({ error: 'insufficientEnergy' });
    grid.must(meter, { ...reading, readingId: 2n, produced: 21n });
    grid.must(alice, offer);
  });

  it('behavior: nothing goes below the least balance', () => {
    const MAX = 9_007_199_254_740_991n;
    grid.must(meter, { ...reading, consumed: MAX });
    grid.must(meter, { ...reading, readingId: 2n, consumed: 10n });
    expect(grid.read(reads.prosumerInfo(alice))).toMatchObject({ energy: -9_007_199_254_740_991 });
    expect(grid.call(meter, { ...reading, readingId: 3n, consumed: 1n }).result).toMatchObject({ error: 'balanceCap' });
  });

  it('behavior: once required, offers of the unmetered are only cancelled, of the metered also bought', () => {
    grid.must(bob, { kind: 'addEnergy', amount: 5n });
    grid.must(bob, { kind: 'tradeEnergy', amount: 5n, price: 1n });
    grid.must(alice, { kind: 'addFunds', amount: 10n });
    grid.must(owner, { kind: 'requireMeters', required: true });
    expect(grid.call(alice, { kind: 'buyEnergy', tradeId: 1n }).result).toMatchObject({ error: 'unauthorized' });
    grid.must(bob, { kind: 'cancelTrade', tradeId: 1n });
    grid.must(alice, { kind: 'tradeEnergy', amount: 10n, price: 1n });
    grid.must(bob, { kind: 'buyEnergy', tradeId: 2n });
  });
});

describe('funds', () => {
  it('behavior: STX moves in and out by exactly the amount, and a gift to the contract belongs to nobody', async () => {
    const grid = await freshGrid();
    grid.must(alice, { kind: 'registerProsumer' });
    const before = grid.balance(alice);
    grid.must(alice, { kind: 'addFunds', amount: 1_000n });
    expect(grid.balance(alice)).toBe(before - 1_000n);
    grid.transfer(77n, bob, contractId);
    grid.must(alice, { kind: 'withdrawFunds', amount: 1_000n });
    expect(grid.balance(alice)).toBe(before);
    expect(grid.balance(contractId)).toBe(77n);
    expect(grid.read(reads.market()).totalFunds).toBe(0n);
  });
});

describe('reads in bulk', () => {
  it('behavior: answers stand in the order asked, null where there is nothing; 0, 1 and 50 entries', async () => {
    const grid = await freshGrid();
    grid.must(alice, { kind: 'registerProsumer' });
    grid.must(alice, { kind: 'addEnergy', amount: 1_000n });
    for (let listed = 0; listed < 3; listed += 1) grid.must(alice, { kind: 'tradeEnergy', amount: 1n, price: 1n });
    expect(grid.read(reads.trades([]))).toEqual([]);
    expect(grid.read(reads.prosumers([bob]))).toEqual([null]);
    const ids = Array.from({ length: 50 }, (_, index) => tradeId(index));
    expect(grid.read(reads.trades(ids)).map((trade) => trade?.seller ?? null)).toEqual(
      ids.map((id) => (id >= 1 && id <= 3 ? alice : null)),
    );
    const pairs = Array.from({ length: 50 }, () => ({ prosumer: alice, operator }));
    expect(grid.read(reads.delegations(pairs))).toEqual(pairs.map(() => null));
    expect(() => reads.trades([...ids, tradeId(51)])).toThrow('expected at most 50 list entries, was 51');
    expect(() => reads.openPages(Array.from({ length: 91 }, () => 0))).toThrow('at most 90');
  });

  it('behavior: the bitmap holds exactly the open offers, across its page border', async () => {
    const grid = await freshGrid();
    grid.must(alice, { kind: 'registerProsumer' });
    grid.must(alice, { kind: 'addEnergy', amount: 1_000n });
    const entries = Array.from({ length: 70 }, () => ({ seller: alice, amount: 1n, price: 1n }));
    const list = { kind: 'tradeEnergyFor', validUntil: FAR, openUntil: FAR, entries } as const;
    const cancel = (from: number) =>
      ({
        kind: 'cancelTradeFor',
        validUntil: FAR,
        entries: Array.from({ length: 60 }, (_, index) => ({ seller: alice, tradeId: BigInt(from + index) })),
      }) as const;
    grid.call(alice, list);
    grid.call(alice, cancel(1));
    grid.call(alice, list);
    const open = [...Array.from({ length: 10 }, (_, i) => 61 + i), ...Array.from({ length: 70 }, (_, i) => 71 + i)];
    const pages = Array.from({ length: 90 }, (_, page) => page);
    expect(grid.read(reads.openPages(pages))).toEqual(open);
    expect(grid.read(reads.openPages([1]))).toEqual(open.filter((id) => id >= 128));
    expect(grid.read(reads.openPages([]))).toEqual([]);
  });
});
