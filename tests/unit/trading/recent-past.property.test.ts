import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Height, height, MAX_AMOUNT, type Price, type TradeId, type Wh } from '../../../src/core/index.ts';
import { type HistoryView, RecentPast } from '../../../src/trading/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../support/fuzz.ts';
import { isDeepFrozen } from '../../support/one-turn.ts';

const CAPACITY = 5;

/** Small terms, and those that an offer may have at most. */
const terms = fc.oneof(
  fc.record({ price: fc.integer({ min: 1, max: 9 }), amount: fc.integer({ min: 1, max: 9 }) }),
  fc.integer({ min: 1, max: 3 }).map((price) => ({ price, amount: Math.floor(MAX_AMOUNT / price) })),
);
const step = fc.record({ terms, blocks: fc.nat(2), isTrade: fc.integer({ min: 0, max: 4 }).map((die) => die > 0) });

/** What a view shows, by going through its trades. */
function walked({ trades, energyPrices }: HistoryView, upTo: number) {
  const sums = Array.from({ length: upTo + 2 }, (_, since) => {
    const counted = trades.filter((trade) => trade.height >= since);
    const sum = (of: (trade: (typeof trades)[number]) => bigint): number =>
      Number(counted.reduce((total, trade) => total + of(trade), 0n));
    return {
      count: counted.length,
      volume: sum(({ amount }) => BigInt(amount)),
      turnover: sum(({ amount, price }) => BigInt(amount) * BigInt(price)),
    };
  });
  return { trades: [...trades], energyPrices: [...energyPrices], sums };
}

const summed = (view: HistoryView, upTo: number) => Array.from({ length: upTo + 2 }, (_, since) => view.traded(since));

describe('the recent past', () => {
  it(
    'property: a view sums up what it shows to the last digit, and stays as it was when more happens',
    () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
          const past = new RecentPast({ capacity: CAPACITY });
          const trades: object[] = [];
          const prices: object[] = [];
          const views: { readonly view: HistoryView; readonly shows: object }[] = [];
          let at = 0;
          for (const [
            index,
            {
              terms: { price: asked, amount },
              blocks,
              isTrade,
            },
          ] of steps.entries()) {
            at += blocks;
            const [tip, price]: [Height, Price] = [height(at), asked as Price];
            const tradeId = (index + 1) as TradeId;
            if (isTrade) past.traded({ height: tip, tradeId, price, amount: amount as Wh });
            else past.priced({ height: tip, price });
            if (isTrade) trades.push({ height: tip, tradeId, price, amount });
            else prices.push({ height: tip, price });
            const view = past.view();
            const shows = { trades: trades.slice(-CAPACITY), energyPrices: prices.slice(-CAPACITY) };
            // Of the views that are looked at only when more has happened, each is to show the same.
            if (index % 2 === 0) expect(walked(view, 0)).toMatchObject(shows);
            views.push({ view, shows });
          }
          for (const { view, shows } of views) {
            const { sums, ...seen } = walked(view, at);
            expect(seen).toEqual(shows);
            expect(summed(view, at)).toEqual(sums);
            expect(isDeepFrozen(view)).toBe(true);
          }
        }),
        fuzzParameters('recent past', { runs: 200, seconds: 20 }) as never,
      );
    },
    FUZZ_TIMEOUT,
  );

  it('behavior: sums beyond 2^53 are the nearest number, and do not spoil smaller ones after them', () => {
    const past = new RecentPast();
    const trade = (at: number, amount: number) =>
      past.traded({ height: height(at), tradeId: at as TradeId, price: 1 as Price, amount: amount as Wh });
    for (let at = 1; at <= 100; at += 1) trade(at, MAX_AMOUNT);
    trade(101, 3);
    expect(past.view().traded(1).volume).toBe(Number(BigInt(MAX_AMOUNT) * 100n + 3n));
    expect(past.view().traded(101)).toEqual({ count: 1, volume: 3, turnover: 3 });
    expect(past.view().traded(102)).toEqual({ count: 0, volume: 0, turnover: 0 });
  });
});
