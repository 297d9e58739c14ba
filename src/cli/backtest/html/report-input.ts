import type { RiskLimits } from '../../../trading/index.ts';
import type { BacktestRun, FillName } from '../backtest-report.ts';
import type { LoadedMarket } from '../load-market.ts';
import type { TraceColumn } from './trace.ts';

/** A strategy as it was when it was played. */
export interface StrategyUsed {
  readonly reference: string;
  /** Of its code. */
  readonly hash: string;
  /** Its parameters, where a run does not set others. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** All that the report shows. */
export interface ReportInput {
  readonly runs: readonly BacktestRun[];
  /** By run and model: what is drawn. */
  readonly traces: ReadonlyMap<BacktestRun['results'], Readonly<Partial<Record<FillName, readonly TraceColumn[]>>>>;
  readonly markets: readonly LoadedMarket[];
  readonly strategies: readonly StrategyUsed[];
  /** The bounds that risk set to the account. */
  readonly limits: RiskLimits;
  readonly warnings: readonly string[];
  readonly notModelled: readonly string[];
  readonly version: string;
  readonly seed: number;
  readonly configHash: string;
  /** What was asked for, by option. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What each recording was played by. */
  readonly settings: readonly object[];
}
