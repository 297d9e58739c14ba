import { describe, expect, it } from 'vitest';
import { type ExampleViewChanges, exampleView, type Intent } from 'wattmaker/strategy';
import strategy from './index.ts';
import { quotesOf } from './quotes.ts';

const defaults = {
  halfSpreadPercent: 10,
  skewPercent: 10,
  inventoryRangeWh: 5_000,
  windowBlocks: 100,
  priorWh: 2_000,
  lotWh: 500,
  minLotWh: 100,
  maxLots: 3,
  maxOffers: 6,
  lifeBlocks: 60,
  tolerancePercent: 4,
  minAgeBlocks: 8,
};

const decide = (changes: ExampleViewChanges, parameters: Partial<typeof defaults> = {}): readonly Intent[] =>
  strategy.decide(exampleView(changes), { ...defaults, ...parameters });

const quotes = (changes: ExampleViewChanges, parameters: Partial<typeof defaults> = {}): unknown[] => {
  const { fair, bid, ask } = quotesOf(exampleView(changes), { ...defaults, ...parameters });
  return [fair, bid, ask];
};

const kinds = (intents: readonly Intent[]): string[] =>
  intents.map((intent) => (intent.kind === 'list' ? `list ${intent.amount}` : `${intent.kind} ${intent.tradeId}`));

describe('quotes', () => {
  it('default: around the middle of the grid prices where nothing is offered', () => {
    // Fair (40 + 100) / 2 = 70, half 7.
    expect(quotes({})).toEqual([70, 63, 77]);
  });

  it('behavior: around the middle between the cheapest offer and the import price', () => {
    const offered = (price: number) => ({ offers: [{ amount: 500, price }] });
    expect(quotes(offered(80))).toEqual([90, 81, 99]);
    // However cheap or dear an offer is, the prior stays within the grid prices.
    expect(quotes(offered(1))).toEqual([70, 63, 77]);
    expect(quotes(offered(500))).toEqual([100, 90, 100]);
  });

  it('behavior: recent trades move the fair price, by their energy', () => {
    const trades = [
      { height: 900, amount: 5_000, price: 50 },
      { height: 901, amount: 2_000, price: 90 },
    ];
    // (2,000 · 70 + 2,000 · 90) / 4,000 = 80; the trade 100 blocks ago no longer counts.
    expect(quotes({ trades })).toEqual([80, 72, 88]);
  });

  it('behavior: a full stock lowers both quotes, an empty one raises them', () => {
    expect(quotes({ energy: 5_000 })).toEqual([70, 56, 70]);
    expect(quotes({ energy: 50_000 })).toEqual([70, 56, 70]);
    expect(quotes({ targetWh: 5_000 })).toEqual([70, 70, 84]);
    expect(
      quotes({ energy: 1_000, ownOffers: [{ tradeId: 1, amount: 1_000, price: 80 }], pending: { buyWh: 500 } }),
    ).toEqual([70, 59, 74]);
  });

  it('behavior: both stay within grid prices, fees and limits', () => {
    expect(quotes({ limits: { highestBuyPrice: 60, highestListPrice: 75 } })).toEqual([70, 60, 75]);
    expect(quotes({ feePerEntry: 10_000 })).toEqual([70, 63, 80]);
    expect(quotes({ limits: { lowestListPrice: 101 } })).toEqual([70, 63, null]);
    expect(quotes({}, { halfSpreadPercent: 90 })).toEqual([70, 7, 100]);
  });
});

describe('market-maker', () => {
  it('default: buys below the bid, largest gain first, and lists its stock at the ask', () => {
    const offers = [
      { amount: 100, price: 30 },
      { amount: 1_000, price: 35 },
      { amount: 1_000, price: 63 },
    ];
    expect(decide({ offers, energy: 800 })).toMatchObject([
      { kind: 'buy', tradeId: 2, maxPrice: 35 },
      { kind: 'buy', tradeId: 1, maxPrice: 30 },
      { kind: 'list', amount: 500, price: 76, openUntil: 1_060 },
      { kind: 'list', amount: 300, price: 76, openUntil: 1_060 },
    ]);
  });

  it('behavior: counts the fee', () => {
    // The bid is 72, so the lot is 10 · 100 µSTX below it.
    const offers = [{ amount: 100, price: 62 }];
    expect(kinds(decide({ offers, feePerEntry: 999 }))).toEqual(['buy 1']);
    expect(kinds(decide({ offers, feePerEntry: 1_000 }))).toEqual([]);
  });

  it('behavior: buys no more than the inventory may hold, and only what it can pay', () => {
    const offers = [1, 2, 3, 4].map(() => ({ amount: 1_000, price: 30 }));
    expect(kinds(decide({ offers }))).toHaveLength(3);
    expect(kinds(decide({ offers }, { inventoryRangeWh: 2_500 }))).toEqual(['buy 1', 'buy 2']);
    expect(kinds(decide({ offers, limits: { spendLeft: 59_999 } }))).toEqual(['buy 1']);
    expect(kinds(decide({ offers, limits: { energyLeft: 1_000 } }))).toEqual(['buy 1']);
  });

  it('behavior: lists a rest only where it is large enough and pays its fees', () => {
    expect(kinds(decide({ energy: 599 }))).toEqual(['list 500']);
    expect(kinds(decide({ energy: 600 }))).toEqual(['list 500', 'list 100']);
    expect(kinds(decide({ energy: 600, feePerEntry: 2_000 }))).toEqual(['list 500']);
  });

  it('behavior: keeps the lowest inventory and the highest number of offers', () => {
    expect(kinds(decide({ energy: 6_000, targetWh: 10_000 }))).toEqual(['list 500', 'list 500']);
    expect(kinds(decide({ energy: 9_000 }))).toHaveLength(6);
    expect(kinds(decide({ energy: 9_000, pending: { lists: 4 } }))).toHaveLength(2);
    expect(kinds(decide({ energy: 9_000, limits: { intentsLeft: 1 } }))).toHaveLength(1);
  });

  it('behavior: takes back what expired, and what is off the ask when that is worth it', () => {
    const own = { tradeId: 9, amount: 500, price: 77 };
    expect(kinds(decide({ ownOffers: [{ ...own, age: 60, expired: true }] }))).toEqual(['cancel 9']);
    expect(kinds(decide({ ownOffers: [{ ...own, price: 90, age: 8 }] }))).toEqual(['cancel 9']);
    expect(kinds(decide({ ownOffers: [{ ...own, price: 90, age: 7 }] }))).toEqual([]);
    expect(kinds(decide({ ownOffers: [{ ...own, price: 78, age: 8 }] }))).toEqual([]);
    expect(kinds(decide({ ownOffers: [{ ...own, price: 90, age: 8, cancelling: true }] }))).toEqual([]);
    expect(kinds(decide({ ownOffers: [{ ...own, price: 90, age: 8 }], feePerEntry: 4_000 }))).toEqual([]);
  });

  it('behavior: takes back exactly those that are as far off the ask as the tolerance', () => {
    for (const tolerancePercent of [0.1, 4, 7.5, 33, 100]) {
      const ownOffers = Array.from({ length: 300 }, (_, index) => ({
        tradeId: index + 1,
        amount: 500,
        price: index + 1,
        age: 8,
      }));
      const changes = { ownOffers, energy: 0, feePerEntry: 0, limits: { intentsLeft: 1_000 } };
      const { ask } = quotesOf(exampleView(changes), { ...defaults, tolerancePercent });
      const far = ownOffers.filter(({ price }) => {
        const gap = Math.abs(price - (ask ?? 0));
        return gap > 0 && gap * 100 >= tolerancePercent * price;
      });
      expect(kinds(decide(changes, { tolerancePercent }))).toEqual(far.map(({ tradeId }) => `cancel ${tradeId}`));
    }
  });

  it('behavior: never lists below what it would bid', () => {
    for (let energy = 0; energy <= 20_000; energy += 500) {
      const { bid, ask } = quotesOf(exampleView({ energy }), defaults);
      expect(ask ?? Number.POSITIVE_INFINITY).toBeGreaterThan(bid);
    }
  });
});
