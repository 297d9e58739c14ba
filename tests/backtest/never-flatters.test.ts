import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../backtest/driver/run-backtest.ts';
import { realTrading } from '../../backtest/replay/real-trading.ts';
import { pessimistic } from '../../backtest/venue/fill-model.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { backtestSettings } from '../support/backtest-scene.ts';
import { recordedMarket } from '../support/recorded-market.ts';
import { demoAccounts, demoStrategies, tradeAmongNeighbours } from '../support/traded-neighbourhood.ts';

const BLOCKS = 90;
const SEEDS = [1, 2, 3, 4];

type Accounts = typeof demoAccounts;

/** What a backtest makes of the accounts, in µSTX before fees. */
function backtested(events: readonly GridEvent[], accounts: Accounts, seed: number): bigint {
  const market = recordedMarket(events);
  const result = runBacktest({
    market,
    strategies: demoStrategies,
    accounts: accounts.map((account) => ({ ...account, opening: null })),
    fills: pessimistic,
    settings: backtestSettings(market, { seed }),
  });
  return result.accounts.reduce((sum, { profit }) => sum + profit.net - profit.fees, 0n);
}

/** What really came of trading for the accounts, and what backtests of it and of the same days without it say. */
function experiment(accounts: Accounts, seed: number) {
  const without = tradeAmongNeighbours([], { blocks: BLOCKS, seed });
  const live = tradeAmongNeighbours(accounts, { blocks: BLOCKS, seed });
  return {
    real: realTrading(recordedMarket(live), accounts, {}).profit,
    foretold: backtested(without, accounts, seed),
    replayed: backtested(live, accounts, seed),
  };
}

const casts: readonly (readonly [string, Accounts])[] = [
  ...demoAccounts.map((account) => [account.name, [account]] as const),
  ['all three', demoAccounts],
];

describe.each(casts)('the pessimistic profit of the demo’s strategies: %s', (_, accounts) => {
  it.each(SEEDS)('is not above what trading among its neighbours came to, before or after it (seed %i)', (seed) => {
    const { real, foretold, replayed } = experiment(accounts, seed);
    expect(real).toBeGreaterThan(0n);
    expect(foretold).toBeLessThanOrEqual(real);
    expect(replayed).toBe(real);
  });
});
