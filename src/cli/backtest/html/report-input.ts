import type { BacktestRun, FillName } from '../backtest-report.ts';
import type { LoadedMarket } from '../load-market.ts';
import type { TraceColumn } from './trace.ts';

/** All that the report shows. */
export interface ReportInput {
  readonly runs: readonly BacktestRun[];
  /** By run and model: what is drawn. */
  readonly traces: ReadonlyMap<BacktestRun['results'], Readonly<Partial<Record<FillName, readonly TraceColumn[]>>>>;
  readonly markets: readonly LoadedMarket[];
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
