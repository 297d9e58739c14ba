import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../../backtest/driver/run-backtest.ts';
import { pessimistic } from '../../../../backtest/venue/fill-model.ts';
import { height, microStx, wh } from '../../../../src/core/index.ts';
import { backtestOf, maker } from '../../../support/backtest-scene.ts';
import { recordedMarket, recordNeighbourhood } from '../../../support/recorded-market.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const events = recordNeighbourhood(200, 7);
/** Holds far more energy than it wants at the end, so that the last settlement with the grid is dear. */
const hoarder = {
  ...maker,
  targetWh: wh(40_000),
  parameters: { inventoryRangeWh: 20_000 },
  opening: { funds: microStx(5_000_000), energy: wh(0), meter: testPrincipal(901) },
};

describe('the figures of a backtest at its end', () => {
  it('behavior: the curve ends at the net profit, the last settlement included', () => {
    const { accounts } = runBacktest(backtestOf(recordedMarket(events), { accounts: [hoarder] }));
    const [{ profit, curve } = expect.fail()] = accounts;
    expect(curve.at(-1)?.profit).toBe(profit.net);
  });

  it('behavior: no drawdown is less than the net loss', () => {
    // Who buys and does not sell is left with energy that the grid takes for less than the mark.
    const { accounts } = runBacktest(backtestOf(recordedMarket(events), { fills: pessimistic }));
    const [{ profit, drawdown } = expect.fail()] = accounts;
    expect(profit.net).toBeLessThan(0n);
    expect(drawdown.amount).toBeGreaterThanOrEqual(-profit.net);
  });

  it('behavior: the profits of the periods sum to the net profit: no last part and no settlement is left out', () => {
    const settings = { periodBlocks: 60 };
    const { accounts } = runBacktest(backtestOf(recordedMarket(events), { accounts: [hoarder], settings }));
    const [{ profit, periods } = expect.fail()] = accounts;
    expect(Math.round((periods.expectancy ?? 0) * periods.count)).toBe(Number(profit.net));
  });

  it('behavior: uptime and periods are over the blocks that were traded in alone', () => {
    const market = recordedMarket(events);
    const whole = runBacktest(backtestOf(market)).accounts[0] ?? expect.fail();
    const settings = { from: height(100), to: height(200), periodBlocks: 20 };
    const part = runBacktest(backtestOf(market, { settings })).accounts[0] ?? expect.fail();
    expect(whole.maker.quoteUptime).toBeGreaterThan(0.8);
    expect(part.maker.quoteUptime).toBeGreaterThan(0.8);
    expect(part.periods.count).toBeLessThanOrEqual(6);
  });
});
