import { describe, expect, it } from 'vitest';
import { columnsSlice } from '../../../../backtest/data/columns-builder.ts';
import type { BacktestInput } from '../../../../backtest/driver/backtest-input.ts';
import { runBacktest } from '../../../../backtest/driver/run-backtest.ts';
import { fillModels } from '../../../../backtest/venue/fill-model.ts';
import { height, microStx, wh } from '../../../../src/core/index.ts';
import bargainBuyer from '../../../../strategies/bargain-buyer/index.ts';
import marketMaker from '../../../../strategies/market-maker/index.ts';
import surplusSeller from '../../../../strategies/surplus-seller/index.ts';
import { backtestOf, maker } from '../../../support/backtest-scene.ts';
import { alice, bob, carol, createNeighbourhood } from '../../../support/model-market.ts';
import { homes, recordedMarket, recordNeighbourhood } from '../../../support/recorded-market.ts';
import scripted, { scriptOf } from '../../../support/strategies/scripted.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const events = recordNeighbourhood(200, 7);
const text = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));

const three: Pick<BacktestInput, 'strategies' | 'accounts'> = {
  strategies: new Map([marketMaker, bargainBuyer, surplusSeller].map((strategy) => [strategy.name, strategy as never])),
  accounts: [
    maker,
    { name: 'home', principal: homes[0] as never, strategy: 'surplus-seller', opening: null },
    {
      name: 'buyer',
      principal: testPrincipal(910),
      strategy: 'bargain-buyer',
      targetWh: wh(3_000),
      opening: { funds: microStx(5_000_000), energy: wh(0), meter: testPrincipal(911) },
    },
  ],
};

describe('a backtest', () => {
  it('default: the market-maker trades among the neighbours, and its profit sums up', () => {
    const { accounts, counted, turns, events: played, benched } = runBacktest(backtestOf(recordedMarket(events)));
    const [{ profit, maker: metrics, curve } = expect.fail()] = accounts;
    expect(played).toBe(events.length);
    expect(turns).toBe(201);
    expect(benched).toEqual([]);
    expect(profit.net).toBe(profit.spread + profit.inventory + profit.fees + profit.grid);
    expect(metrics.bought.fills).toBe(counted.executed.buy);
    expect(metrics.sold.fills).toBe(counted.diverted);
    expect(metrics.bought.fills).toBeGreaterThan(5);
    expect(metrics.sold.fills).toBeGreaterThan(5);
    expect(curve.at(-1)?.height).toBe(recordedMarket(events).lastHeight);
  });

  it.each(fillModels)('behavior: the same input gives the same result to the last digit ($name)', (fills) => {
    const run = (seed: number): string =>
      text(runBacktest(backtestOf(recordedMarket(events), { fills, ...three, settings: { seed, settleBlocks: 20 } })));
    expect(run(5)).toBe(run(5));
  });

  it('behavior: what the recording holds later changes nothing before', () => {
    const until = (input: BacktestInput): string[] => {
      const seen: string[] = [];
      runBacktest({
        ...input,
        onCall: (call) => {
          if (call.height <= 100) seen.push(`${call.height} ${call.caller} ${text(call.call)}`);
        },
      });
      return seen;
    };
    for (const fills of fillModels) {
      const whole = until(backtestOf(recordedMarket(events), { fills, ...three }));
      const cut = until(backtestOf(recordedMarket(events.filter((event) => event.height <= 100)), { fills, ...three }));
      expect(whole.length).toBeGreaterThan(100);
      expect(cut).toEqual(whole);
    }
  });

  it('behavior: in parts, a recording plays as whole', () => {
    const whole = recordedMarket(events);
    const [columns = expect.fail()] = whole.columns();
    const cuts = [0, 1, 17, 500, 501, columns.length];
    const parts = cuts.slice(1).map((to, index) => columnsSlice(columns, cuts[index] ?? 0, to));
    const again = { ...recordedMarket(events), accounts: whole.accounts, columns: () => parts };
    expect(text(runBacktest(backtestOf(again)))).toBe(text(runBacktest(backtestOf(recordedMarket(events)))));
  });

  it('behavior: slots settle with the grid: nothing is carried over', () => {
    const settings = { settleBlocks: 10 };
    const { accounts } = runBacktest(backtestOf(recordedMarket(events), { ...three, settings }));
    const [, , buyer = expect.fail()] = accounts;
    // It wants 3,000 Wh, and consumes nothing: it buys or imports them once.
    expect(buyer.grid.imported + buyer.maker.bought.wh - buyer.grid.exported).toBe(3_000n);
    expect(buyer.gridOnlyCost).toBeGreaterThan(0n);
    expect(buyer.savingPercent).not.toBeNull();
  });

  it('behavior: trades between the heights asked for alone', () => {
    const heights: number[] = [];
    const input = backtestOf(recordedMarket(events), { settings: { from: height(50), to: height(60) } });
    const ours = new Set<string>([maker.principal]);
    const { turns } = runBacktest({
      ...input,
      onCall: ({ caller, call, height: at }) => {
        if (ours.has(caller) && 'entries' in call) heights.push(at);
      },
    });
    expect(turns).toBe(11);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(51);
    expect(Math.max(...heights)).toBeLessThanOrEqual(61);
  });

  it('behavior: a strategy that misbehaves is benched, and the others go on', () => {
    const thrower = { ...marketMaker, name: 'thrower', decide: () => expect.fail('no') };
    const { benched, counted } = runBacktest(
      backtestOf(recordedMarket(events), {
        strategies: new Map<string, never>([
          ['market-maker', marketMaker as never],
          ['thrower', thrower as never],
        ]),
        accounts: [maker, { ...maker, name: 'bad', principal: testPrincipal(950), strategy: 'thrower' }],
      }),
    );
    expect(benched).toMatchObject([{ strategy: 'thrower', reason: expect.stringContaining('threw') }]);
    expect(counted.transactions).toBeGreaterThan(5);
  });

  it('behavior: can begin at the tip before the first event, with what the opening holds', () => {
    const market = createNeighbourhood();
    market.act(alice, { kind: 'tradeEnergy', amount: 100n, price: 50n }, { height: 11 });
    const opening = market.state;
    const before = market.events.length;
    market.act(bob, { kind: 'addEnergy', amount: 1n }, { height: 12 });
    const recorded = { ...recordedMarket(market.events.slice(before)), opening };
    const boughtFrom = (from: number): number =>
      runBacktest(
        backtestOf(recorded, {
          strategies: new Map([['scripted', scripted as never]]),
          accounts: [
            {
              name: 'carol',
              principal: carol,
              strategy: 'scripted',
              opening: null,
              ...scriptOf({ 11: { kind: 'buy' } }),
            },
          ],
          settings: { from: height(from) },
        }),
      ).accounts[0]?.maker.bought.fills ?? expect.fail();
    expect(boughtFrom(11)).toBe(1);
    expect(boughtFrom(12)).toBe(0);
  });

  it('error: settings that make no sense', () => {
    const market = recordedMarket(events);
    const run = (settings: Parameters<typeof backtestOf>[1]) => () => runBacktest(backtestOf(market, settings));
    expect(run({ settings: { latencyBlocks: 0 } })).toThrow('expected the latency in blocks to be 1 or more, was 0');
    expect(run({ settings: { from: height(10_000), to: height(20_000) } })).toThrow(
      'expected heights within 10 to 210',
    );
    expect(run({ accounts: [{ ...maker, principal: homes[0] as never }] })).toThrow('to be new to the recording');
  });
});
