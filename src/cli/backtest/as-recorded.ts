import { realTrading } from '../../../backtest/replay/real-trading.ts';
import type { LoadedMarket } from './load-market.ts';
import { accountOf, type BacktestOptions, settingsOf } from './run-settings.ts';

/** The baseline of an account that the recording knows: see `BacktestRun.asRecorded`. */
export function asRecorded(options: BacktestOptions, { market }: LoadedMarket): bigint | null {
  const { as: known, settle, from, to } = options;
  if (known === undefined || settle !== undefined || from !== undefined || to !== undefined) return null;
  const { grid } = settingsOf(options, market);
  return realTrading(market, [accountOf(options, { strategy: '' })], grid).profit;
}
