import { describe, expect, it } from 'vitest';
import { type ExampleViewChanges, exampleView, type Intent } from 'wattmaker/strategy';
import strategy from './index.ts';

const defaults = { discountPercent: 5, successPercent: 100, minGain: 0, overshootPercent: 0, maxLots: 5 };

const decide = (changes: ExampleViewChanges, parameters: Partial<typeof defaults> = {}): readonly Intent[] =>
  strategy.decide(exampleView({ targetWh: 1_000, ...changes }), { ...defaults, ...parameters });

const bought = (intents: readonly Intent[]): number[] =>
  intents.map((intent) => (intent.kind === 'buy' ? intent.tradeId : -1));

describe('bargain-buyer', () => {
  it('default: buys a whole lot under the energy price, by its terms', () => {
    expect(decide({ offers: [{ amount: 400, price: 80 }] })).toEqual([
      {
        kind: 'buy',
        tradeId: 1,
        amount: 400,
        maxPrice: 80,
        reason: '20 % under the energy price, saves 7900 µSTX',
      },
    ]);
  });

  it('behavior: wants the discount', () => {
    const offers = [
      { amount: 100, price: 95 },
      { amount: 100, price: 96 },
    ];
    expect(bought(decide({ offers }))).toEqual([1]);
    expect(bought(decide({ offers }, { discountPercent: 6 }))).toEqual([]);
    expect(bought(decide({ offers }, { discountPercent: 0 }))).toEqual([1, 2]);
  });

  it('behavior: counts the fee, so a small lot needs a better price', () => {
    const offers = [
      { amount: 10, price: 90 },
      { amount: 10, price: 89 },
    ];
    expect(bought(decide({ offers, feePerEntry: 100 }))).toEqual([2]);
  });

  it('behavior: counts the chance that someone else is first', () => {
    const offers = [{ amount: 100, price: 90 }];
    expect(bought(decide({ offers, feePerEntry: 600 }))).toEqual([1]);
    expect(bought(decide({ offers, feePerEntry: 600 }, { successPercent: 50 }))).toEqual([]);
  });

  it('behavior: never pays more than the grid asks', () => {
    expect(decide({ offers: [{ amount: 100, price: 90 }], grid: { import: 89, feedIn: 10 } })).toEqual([]);
  });

  it('behavior: stays within the need, counting what is on its way', () => {
    const offers = [
      { amount: 600, price: 60 },
      { amount: 400, price: 70 },
      { amount: 300, price: 80 },
    ];
    expect(bought(decide({ offers }))).toEqual([1, 2]);
    expect(bought(decide({ offers, energy: 300 }))).toEqual([1]);
    expect(bought(decide({ offers, pending: { buyWh: 600 } }))).toEqual([2]);
    expect(bought(decide({ offers, pending: { cancelWh: 700 } }))).toEqual([3]);
    expect(bought(decide({ offers, energy: 1_000 }))).toEqual([]);
    expect(bought(decide({ offers, energy: -500, targetWh: 0 }))).toEqual([2]);
  });

  it('behavior: energy beyond the need is worth the feed-in price', () => {
    const offers = [{ amount: 500, price: 60 }];
    // Saves 100 · 400 + 40 · 100 − 60 · 500 = 14,000 with 400 Wh needed, and loses money with 100.
    expect(bought(decide({ offers, targetWh: 400 }, { overshootPercent: 25 }))).toEqual([1]);
    expect(bought(decide({ offers, targetWh: 400 }, { overshootPercent: 24 }))).toEqual([]);
    expect(bought(decide({ offers: [{ amount: 200, price: 80 }], targetWh: 100 }, { overshootPercent: 100 }))).toEqual(
      [],
    );
  });

  it('behavior: stays within funds, lots and intents', () => {
    const offers = [1, 2, 3].map(() => ({ amount: 100, price: 50 }));
    expect(bought(decide({ offers, limits: { spendLeft: 10_000 } }))).toEqual([1, 2]);
    expect(bought(decide({ offers }, { maxLots: 1 }))).toEqual([1]);
    expect(bought(decide({ offers, limits: { intentsLeft: 2 } }))).toEqual([1, 2]);
    expect(bought(decide({ offers, limits: { highestBuyPrice: 49 } }))).toEqual([]);
  });

  it('behavior: takes the lots that gain most per Wh, or the one that gains more than they', () => {
    const small = { amount: 100, price: 40 };
    const large = { amount: 1_000, price: 60 };
    // The small one gains 59 a Wh and leaves no room for the large one, which gains 39,900 in all.
    expect(bought(decide({ offers: [small, large] }))).toEqual([2]);
    expect(bought(decide({ offers: [small, large], targetWh: 1_100 }))).toEqual([1, 2]);
  });

  it('behavior: leaves lots that gain too little', () => {
    const offers = [{ amount: 100, price: 90 }];
    expect(bought(decide({ offers }, { minGain: 900 }))).toEqual([1]);
    expect(bought(decide({ offers }, { minGain: 901 }))).toEqual([]);
  });
});
