import { describe, expect, it } from 'vitest';
import { type ExampleViewChanges, exampleView, height, type Intent } from 'wattmaker/strategy';
import strategy from './index.ts';

const defaults = {
  reserveWh: 0,
  lotWh: 500,
  maxOffers: 4,
  slotBlocks: 30,
  buyersPerSlot: 5,
  repricePercent: 10,
  minAgeBlocks: 6,
};

/** Slots of 30 blocks end at heights that 30 divides: 990 begins one that ends at 1,020. */
const decide = (changes: ExampleViewChanges, parameters: Partial<typeof defaults> = {}): readonly Intent[] =>
  strategy.decide(exampleView({ height: height(990), feePerEntry: 100, ...changes }), { ...defaults, ...parameters });

const lists = (intents: readonly Intent[]): readonly (readonly [number, number, number])[] =>
  intents.flatMap((intent) =>
    intent.kind === 'list' ? [[intent.amount, intent.price, intent.openUntil] as const] : [],
  );
const cancelled = (intents: readonly Intent[]): number[] =>
  intents.flatMap((intent) => (intent.kind === 'cancel' ? [intent.tradeId] : []));

describe('surplus-seller', () => {
  it('default: lists whole lots of the surplus, until the end of the slot', () => {
    // f + D (2 + L) / (4 + L) = 40 + 60 · 7 / 9 = 86.67
    expect(lists(decide({ energy: 1_400 }))).toEqual([
      [500, 86, 1_020],
      [500, 86, 1_020],
    ]);
  });

  it('behavior: asks less as the slot runs out, and for the next slot near its end', () => {
    const priceAt = (tip: number): unknown => lists(decide({ energy: 500, height: height(tip) }))[0]?.slice(1);
    expect([990, 1_000, 1_010, 1_014].map(priceAt)).toEqual([
      [86, 1_020],
      [83, 1_020],
      [78, 1_020],
      [76, 1_020],
    ]);
    expect(priceAt(1_015)).toEqual([86, 1_050]);
  });

  it('behavior: keeps need and reserve, and what is being listed is gone', () => {
    const amounts = (changes: ExampleViewChanges, reserveWh = 0): number =>
      lists(decide({ energy: 1_500, ...changes }, { reserveWh })).length;
    expect(amounts({})).toBe(3);
    expect(amounts({ targetWh: 400 })).toBe(2);
    expect(amounts({ targetWh: 400 }, 101)).toBe(1);
    expect(amounts({ pending: { listWh: 600, lists: 1 } })).toBe(1);
    expect(amounts({ energy: -200 })).toBe(0);
  });

  it('behavior: opens no more offers than it may', () => {
    expect(lists(decide({ energy: 5_000 }))).toHaveLength(4);
    expect(lists(decide({ energy: 5_000, pending: { lists: 3 } }))).toHaveLength(1);
    expect(lists(decide({ energy: 5_000, limits: { offersLeft: 2 } }))).toHaveLength(2);
    expect(lists(decide({ energy: 5_000, limits: { listLeft: 1_000 } }))).toHaveLength(2);
    expect(lists(decide({ energy: 5_000, limits: { intentsLeft: 1 } }))).toHaveLength(1);
  });

  it('behavior: stays between feed-in price, fees and limits below and import price and limits above', () => {
    const one = (changes: ExampleViewChanges, parameters = {}): unknown =>
      lists(decide({ energy: 500, ...changes }, parameters))[0]?.[1];
    expect(one({ limits: { lowestListPrice: 95 } })).toBe(95);
    expect(one({ limits: { highestListPrice: 70 } })).toBe(70);
    expect(one({ limits: { lowestListPrice: 101 } })).toBeUndefined();
    // A fee of 12,500 is worth it from 40 + 2 · 12,500 / 500 = 90 on, one of 16,000 at no price up to 100.
    expect(one({ feePerEntry: 12_500 })).toBe(90);
    expect(one({ feePerEntry: 16_000 })).toBeUndefined();
  });

  it('behavior: takes back what expired', () => {
    const ownOffers = [{ tradeId: 5, amount: 500, price: 86, openUntil: 990, age: 30, expired: true }];
    expect(cancelled(decide({ ownOffers }))).toEqual([5]);
  });

  it('behavior: leaves alone what it cannot cancel or is cancelling already', () => {
    const offer = { tradeId: 5, amount: 500, price: 86, openUntil: 990, age: 30, expired: true };
    expect(decide({ ownOffers: [{ ...offer, cancelling: true }] })).toEqual([]);
    expect(decide({ ownOffers: [{ ...offer, cancellable: false }] })).toEqual([]);
  });

  it('behavior: takes back the newest offers when the account lacks energy', () => {
    const ownOffers = [5, 6, 7].map((tradeId) => ({ tradeId, amount: 500, price: 86, openUntil: 1_020 }));
    expect(cancelled(decide({ ownOffers, energy: 0, targetWh: 600 }))).toEqual([7, 6]);
    expect(cancelled(decide({ ownOffers, energy: 0, targetWh: 600, pending: { buyWh: 300 } }))).toEqual([7]);
    expect(cancelled(decide({ ownOffers, energy: 0, targetWh: 600, pending: { cancelWh: 600 } }))).toEqual([]);
  });

  it('behavior: reprices only what stood long enough, is far enough off, and is worth two fees', () => {
    // At height 1,008 with 12 blocks left L = 2 and the wanted price is 40 + 60 · 4 / 6 = 80.
    const one = (offer: { price: number; age: number }, changes: ExampleViewChanges = {}): number[] =>
      cancelled(
        decide({
          height: height(1_008),
          ownOffers: [{ tradeId: 5, amount: 500, openUntil: 1_020, ...offer }],
          ...changes,
        }),
      );
    expect(one({ price: 89, age: 6 })).toEqual([5]);
    expect(one({ price: 88, age: 6 })).toEqual([]);
    expect(one({ price: 89, age: 5 })).toEqual([]);
    expect(one({ price: 72, age: 6 })).toEqual([5]);
    expect(one({ price: 89, age: 6 }, { feePerEntry: 2_250 })).toEqual([]);
  });

  it('behavior: does not thrash: what it lists in one turn it leaves in the next', () => {
    for (let tip = 990; tip < 1_050; tip += 1) {
      const [amount, price, openUntil] = lists(decide({ energy: 500, height: height(tip) }))[0] ?? [0, 0, 0];
      const ownOffers = [{ tradeId: 5, amount, price, openUntil, age: 1 }];
      expect(decide({ ownOffers, height: height(tip + 1) })).toEqual([]);
    }
  });
});
