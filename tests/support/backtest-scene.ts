import type { BacktestAccount, BacktestInput, BacktestSettings } from '../../backtest/driver/backtest-input.ts';
import { expected } from '../../backtest/venue/fill-model.ts';
import { microStx, wh } from '../../src/core/index.ts';
import marketMaker from '../../strategies/market-maker/index.ts';
import { testPrincipal } from './test-principal.ts';

/** Settings of a backtest over a whole recording; a test says what matters to it. */
export function backtestSettings(
  market: BacktestInput['market'],
  changes: Partial<BacktestSettings> = {},
): BacktestSettings {
  return {
    seed: 1,
    latencyBlocks: 1,
    validityBlocks: 10,
    maxUnconfirmed: 20,
    maxEntries: 100,
    fee: { ratePerByte: 1.2, floor: microStx(300), cap: microStx(100_000) },
    wallet: microStx(1_000_000_000),
    grid: {},
    settleBlocks: null,
    blockMs: 5_000,
    periodBlocks: 60,
    from: market.firstHeight,
    to: market.lastHeight,
    ...changes,
  };
}

/** A market-maker that is new to the recording. */
export const maker: BacktestAccount = {
  name: 'maker',
  principal: testPrincipal(900),
  strategy: 'market-maker',
  opening: { funds: microStx(5_000_000), energy: wh(0), meter: testPrincipal(901) },
};

/** A backtest of one market-maker, the expected fills, and whatever a test changes. */
export function backtestOf(
  market: BacktestInput['market'],
  changes: Partial<Omit<BacktestInput, 'settings' | 'market'>> & { readonly settings?: Partial<BacktestSettings> } = {},
): BacktestInput {
  const { settings, ...rest } = changes;
  return {
    market,
    strategies: new Map([[marketMaker.name, marketMaker as never]]),
    accounts: [maker],
    fills: expected,
    ...rest,
    settings: backtestSettings(market, settings),
  };
}
