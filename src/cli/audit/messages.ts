import type { StrategyAudit } from '../../../backtest/audit/audit-strategy.ts';
import type { Trace } from '../../../backtest/audit/trace.ts';
import type { ParameterValue } from '../../trading/index.ts';
import type { BacktestOptions } from '../backtest/run-settings.ts';

/** What a thread of an audit is to do. Plain data. */
export interface AuditTask {
  /**
   * `open`: all probes, with the strategy as it is loaded usually. `closed`: one run, from loading on without files, network
   * and processes.
   */
  readonly mode: 'open' | 'closed';
  readonly recording: string;
  readonly strategy: string;
  /** What a relative path of the strategy starts from. */
  readonly directory: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly options: BacktestOptions;
  /** The most events that are played, from the first. */
  readonly events: number;
  readonly points: number;
}

/** What the strategy used that it must not, by name and how often. */
export type Uses = Readonly<Record<string, number>>;

export type AuditMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly of: number }
  | { readonly kind: 'audited'; readonly audit: StrategyAudit; readonly uses: Uses; readonly events: number }
  | { readonly kind: 'played'; readonly trace: Trace; readonly uses: Uses }
  /** It does not load; `uses` may say why. */
  | { readonly kind: 'unloadable'; readonly message: string; readonly uses: Uses }
  | { readonly kind: 'failed'; readonly message: string; readonly needsChange: boolean };
