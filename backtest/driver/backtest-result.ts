import type { Bench } from '../../src/trading/index.ts';
import type { AccountRun } from './account-run.ts';
import type { Drawdown, EquityPoint, Periods } from './equity-curve.ts';
import type { MakerMetrics } from './maker-metrics.ts';
import type { GridFlow, Profit } from './profit-account.ts';
import type { Counted, Tally } from './tally.ts';

/** What one account came to. Money in µSTX, energy in Wh. */
export interface AccountResult {
  readonly name: string;
  readonly strategy: string;
  readonly profit: Profit;
  /** Profit by the funds and energy at the start; null where there were none. */
  readonly returnPercent: number | null;
  /** What the grid would have cost an account that trades with it alone, less what it would have paid; may be negative. */
  readonly gridOnlyCost: bigint;
  /** The profit as a share of that cost, in per cent; null where the cost is nothing. */
  readonly savingPercent: number | null;
  readonly grid: GridFlow;
  readonly maker: MakerMetrics;
  readonly drawdown: Drawdown;
  readonly periods: Periods;
  readonly curve: readonly EquityPoint[];
}

/** What a backtest came to; the same for the same input, to the last digit. */
export interface BacktestResult {
  readonly events: number;
  readonly turns: number;
  readonly accounts: readonly AccountResult[];
  readonly counted: Counted;
  /** Strategies that misbehaved and were not asked again. */
  readonly benched: readonly Bench[];
}

/** Per cent to the nearest of two decimals; null of nothing. */
function percent(part: bigint, whole: bigint): number | null {
  if (whole === 0n) return null;
  return Math.round((10_000 * Number(part)) / Math.abs(Number(whole))) / 100;
}

export function resultOf(run: {
  readonly events: number;
  readonly turns: number;
  readonly parts: readonly { readonly run: AccountRun; readonly profit: Profit }[];
  readonly tally: Tally;
  readonly benched: readonly Bench[];
}): BacktestResult {
  const { events, turns, parts, tally, benched } = run;
  return { events, turns, accounts: parts.map(accountResult), counted: tally.counted(), benched };
}

function accountResult({ run, profit }: { readonly run: AccountRun; readonly profit: Profit }): AccountResult {
  const gridOnlyCost = run.profit.idleCost;
  return {
    name: run.account.name,
    strategy: run.account.strategy,
    profit,
    returnPercent: percent(profit.net, run.capital),
    gridOnlyCost,
    savingPercent: percent(profit.net, gridOnlyCost),
    grid: run.profit.flow,
    maker: run.log.metrics(),
    drawdown: run.curve.drawdown,
    periods: run.curve.periods(),
    curve: run.curve.points,
  };
}
