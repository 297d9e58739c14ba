import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highsSolver } from '../../../../backtest/bound/highs-solver.ts';
import type { Opportunities } from '../../../../backtest/bound/opportunities.ts';
import { boundOf } from '../../../../backtest/bound/perfect-foresight.ts';
import { price } from '../../../../src/core/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';
import { patientTrader } from '../../../support/patient-trader.ts';

const LAST = 4;
const solve = await highsSolver();
const grid = { import: price(10), feedIn: price(4) };

const nothing: Opportunities = {
  supplies: [],
  demands: [],
  crowd: null,
  flows: [],
  settlements: [{ height: LAST, ...grid }],
  energy: 0,
  debt: 0,
  funds: 1_000,
  target: 0,
  fees: { buy: 0, list: 0 },
  idleCost: 0n,
};

const markets: fc.Arbitrary<Opportunities> = fc
  .record({
    supplies: fc.array(
      fc.record({
        amount: fc.integer({ min: 1, max: 4 }),
        price: fc.integer({ min: 1, max: 12 }),
        from: fc.integer({ min: 1, max: LAST }),
        life: fc.nat(2),
      }),
      { maxLength: 3 },
    ),
    demands: fc.array(
      fc.record({
        amount: fc.integer({ min: 1, max: 4 }),
        price: fc.integer({ min: 1, max: 14 }),
        height: fc.integer({ min: 2, max: LAST }),
      }),
      { maxLength: 3 },
    ),
    flows: fc.array(
      fc.record({
        kind: fc.constantFrom('energy' as const, 'deposit' as const),
        height: fc.integer({ min: 1, max: LAST }),
        amount: fc.integer({ min: 1, max: 5 }),
      }),
      { maxLength: 2 },
    ),
    slots: fc.subarray([1, 2, 3]),
    prices: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 })), {
      minLength: 4,
      maxLength: 4,
    }),
    energy: fc.nat(4),
    funds: fc.nat(40),
    target: fc.nat(2),
    fees: fc.record({ buy: fc.nat(3), list: fc.nat(3) }),
  })
  .map(({ supplies, slots, prices, flows, ...rest }) => ({
    ...rest,
    debt: 0,
    crowd: null,
    idleCost: 0n,
    flows: [...flows].sort((a, b) => a.height - b.height),
    supplies: supplies.map(({ life, ...supply }) => ({ ...supply, until: Math.min(LAST, supply.from + life) })),
    settlements: [...slots, LAST].map((height, slot) => {
      const [feedIn, margin] = prices[slot] ?? [1, 0];
      return { height, feedIn: price(feedIn), import: price(feedIn + margin) };
    }),
  }));

describe('the bound of what can be made of opportunities', () => {
  it('default: buys what pays and sells where it pays most', () => {
    const supplies = [
      { amount: 10, price: 5, from: 1, until: 2 },
      { amount: 10, price: 9, from: 1, until: 2 },
    ];
    const demands = [
      { amount: 6, price: 12, height: 3 },
      { amount: 6, price: 8, height: 1 },
    ];
    // 10 Wh at 5: 6 sold at 12, 4 fed in at 4. Nothing was to sell in block 1, and 9 pays for none of it.
    expect(boundOf({ ...nothing, supplies, demands }, solve).microStx).toBe(BigInt(6 * 12 + 4 * 4 - 50));
  });

  it('behavior: money binds', () => {
    const supplies = [
      { amount: 10, price: 1, from: 1, until: 1 },
      { amount: 10, price: 2, from: 1, until: 2 },
      { amount: 5, price: 1, from: 2, until: 3 },
    ];
    const worth = (funds: number): number => Number(boundOf({ ...nothing, funds, supplies }, solve).microStx);
    expect([4, 5, 10, 15, 20, 35].map(worth)).toEqual([0, 15, 30, 45, 45, 65]);
  });

  it('behavior: a sale in time pays for a purchase', () => {
    const supplies = [{ amount: 10, price: 2, from: 1, until: 3 }];
    const sale = (height: number) => [{ amount: 2, price: 10, height }];
    const bound = (height: number) =>
      boundOf({ ...nothing, energy: 2, funds: 0, supplies, demands: sale(height) }, solve).microStx;
    expect(bound(3)).toBe(20n + 20n);
    expect(bound(4)).toBe(20n);
  });

  it('behavior: energy binds, and what a slot does not use is sold for little', () => {
    const demands = [{ amount: 10, price: 9, height: 3 }];
    expect(boundOf({ ...nothing, energy: 3, demands }, solve).microStx).toBe(27n);
    expect(boundOf({ ...nothing, demands }, solve).microStx).toBe(0n);
  });

  it('behavior: lots that are not told apart cost no fee, at one price for all', () => {
    const crowd = { supplied: new Map([[5, 100n]]), demanded: new Map([[9, 60n]]) };
    // 60 Wh make 9 − 5 each; at 5 the other 40 make nothing, and the grid pays 4.
    expect(boundOf({ ...nothing, crowd, fees: { buy: 7, list: 7 } }, solve)).toEqual({
      microStx: 240n,
      method: 'single price',
    });
  });

  it('behavior: readings may take the account below zero after it has listed, not before', () => {
    const demands = [{ amount: 5, price: 20, height: 4 }];
    const bound = (height: number) =>
      boundOf({ ...nothing, energy: 5, flows: [{ kind: 'energy', height, amount: -5 }], demands }, solve).microStx;
    // What the idle account has is consumed; ours sells it and takes 5 Wh from the grid.
    expect(bound(2)).toBe(BigInt(5 * 20 - 5 * 10));
  });

  it(
    'property: is what trying everything finds, and looser methods are above it',
    () => {
      fc.assert(
        fc.property(markets, (market) => {
          const exact = boundOf(market, solve);
          expect(exact.method).toBe('whole lots');
          expect(exact.microStx).toBe(BigInt(patientTrader(market, LAST)));
          const divisible = boundOf(market, solve, { whole: 0, divisible: 1_000, nodes: 0 });
          const single = boundOf(market, solve, { whole: 0, divisible: 0, nodes: 0 });
          expect([divisible.method, single.method]).toEqual(['divisible lots', 'single price']);
          expect(divisible.microStx).toBeGreaterThanOrEqual(exact.microStx);
          expect(single.microStx).toBeGreaterThanOrEqual(divisible.microStx - 1n);
        }),
        fuzzParameters('foresight bound', { runs: 300, seconds: 25 }) as never,
      );
    },
    FUZZ_TIMEOUT,
  );
});
