import { describe, expect, it } from 'vitest';
import type { GridCall, GridEvent } from '../../src/contract/index.ts';
import { type Principal, seededRandom } from '../../src/core/index.ts';
import { NEEDY_HOME } from '../../src/service/neighbours/index.ts';
import { type ModelMarket, operator, owner } from '../support/model-market.ts';
import { playNeighbourhood } from '../support/played-neighbourhood.ts';
import { anna, ben, FEE, neighbours, type TradingRun, trade } from '../support/trading-run.ts';

/** Neighbours list at 55 to 120, buy at up to 95 in no order of price, and the clients produce and consume. */
function actAtRandom(market: ModelMarket, at: number, random: ReturnType<typeof seededRandom>): void {
  const tries = (caller: Principal, call: GridCall): void => {
    if (market.ask(caller, call, { height: at }).ok) market.act(caller, call, { height: at });
  };
  for (const who of random.shuffled(neighbours).slice(0, 2)) {
    const amount = BigInt(random.integer(2, 10) * 100);
    tries(who, { kind: 'addEnergy', amount });
    tries(who, { kind: 'tradeEnergy', amount, price: BigInt(random.integer(55, 120)) });
  }
  for (const who of random.shuffled(neighbours).slice(0, 1)) {
    const wanted = random.shuffled(market.state.openOffers.filter(({ price: asked }) => asked <= 95))[0];
    if (wanted !== undefined) tries(who, { kind: 'buyEnergy', tradeId: BigInt(wanted.id) });
  }
  if (at % 3 === 0) tries(anna, { kind: 'addEnergy', amount: 250n });
  if (at % 3 === 0) tries(ben, { kind: 'consumeEnergy', amount: 200n });
  if (at % 25 === 0) tries(owner, { kind: 'setEnergyPrice', price: BigInt(random.integer(90, 110)) });
}

describe('trading in a neighbourhood', () => {
  it.each([1, 2, 3])(
    'behavior: with seed %i every account trades, and the contract refuses only what others were first at',
    async (seed) => {
      const random = seededRandom(seed);
      const { events, failed, succeeded, planned, denied } = await trade({
        seed,
        blocks: 400,
        need: 4_000,
        others: (market) => ({ act: (at) => actAtRandom(market, at, random) }),
      });
      // What unconfirmed intents already use was counted: nothing fails for funds, energy, limits or double claims.
      expect(new Set(failed.filter((failure) => !/^(buy|cancel) tradeNotOpen$/.test(failure)))).toEqual(new Set());
      expect(failed.length).toBeLessThan(succeeded / 4);
      // Strategies that keep to the limits they are shown are not denied.
      expect(denied).toEqual([]);

      const trades = events.filter((event) => event.topic === 'trade-bought');
      const ours = new Set<string>([anna, ben, operator]);
      const between = trades.filter(({ seller, buyer }) => ours.has(seller) && ours.has(buyer));
      expect(between).toEqual([]);
      expect(trades.filter(({ buyer }) => buyer === ben).length).toBeGreaterThan(5);
      expect(trades.filter(({ seller }) => seller === anna).length).toBeGreaterThan(5);
      expect(trades.filter(({ buyer }) => buyer === operator).length).toBeGreaterThan(5);
      expect(trades.filter(({ seller }) => seller === operator).length).toBeGreaterThan(5);

      // The maker buys below and sells above: its mean prices are apart by more than the fees.
      const mean = (chosen: typeof trades): number =>
        chosen.reduce((sum, { cost }) => sum + cost, 0) / chosen.reduce((sum, { amount }) => sum + amount, 0);
      const bought = mean(trades.filter(({ buyer }) => buyer === operator));
      const sold = mean(trades.filter(({ seller }) => seller === operator));
      expect(sold).toBeGreaterThan(bought * 1.05);

      // No thrashing: most of what is listed is sold, not taken back to be listed again.
      const count = (kind: string): number => planned.filter(({ intent }) => intent.kind === kind).length;
      expect(count('cancel')).toBeLessThan(count('list'));
    },
  );
});

describe("trading in the demo's neighbourhood", () => {
  const tradeInDemo = (seed: number, blocks: number) =>
    trade({
      seed,
      blocks,
      need: NEEDY_HOME.dailyLoad,
      others: (market) => playNeighbourhood(market, { homes: neighbours, surplus: anna, need: ben }, seed),
    });

  it.each([1, 2, 3, 4, 5, 6])(
    'behavior: with seed %i clients and market-maker trade with neighbours within a minute',
    async (seed) => {
      const { sold, bought } = scoreOf(await tradeInDemo(seed, 26));
      expect(bought(ben)).toBeGreaterThan(0);
      expect(sold(anna)).toBeGreaterThan(0);
      expect(bought(operator)).toBeGreaterThan(0);
      expect(sold(operator)).toBeGreaterThan(0);
    },
  );

  it.each([1, 2, 3])('behavior: with seed %i the market-maker earns its fees, on a bounded inventory', async (seed) => {
    const run = await tradeInDemo(seed, 300);
    const { trades, sold, bought } = scoreOf(run);
    const ours = new Set<string>([anna, ben, operator]);
    expect(trades.filter(({ seller, buyer }) => ours.has(seller) && ours.has(buyer))).toEqual([]);

    // The default of inventoryRangeWh, with no need of its own.
    expect(Math.max(...run.inventory)).toBeLessThanOrEqual(5_000);
    expect(sold(operator)).toBeGreaterThan(bought(operator) / 2);

    // In money, fees paid for entries in vain too and what is still in stock counted as worth nothing.
    const fees = BigInt(FEE) * BigInt(run.planned.filter(({ account }) => account === operator).length);
    const received = total(trades, ({ seller }) => seller === operator);
    const paid = total(trades, ({ buyer }) => buyer === operator);
    expect(received - paid - fees).toBeGreaterThan(0n);
  });
});

type Bought = Extract<GridEvent, { topic: 'trade-bought' }>;

function scoreOf({ events }: TradingRun) {
  const trades = events.filter((event): event is Bought => event.topic === 'trade-bought');
  const count = (side: 'buyer' | 'seller') => (who: Principal) => trades.filter((trade) => trade[side] === who).length;
  return { trades, bought: count('buyer'), sold: count('seller') };
}

const total = (trades: readonly Bought[], chosen: (trade: Bought) => boolean): bigint =>
  trades.filter(chosen).reduce((sum, { cost }) => sum + BigInt(cost), 0n);
