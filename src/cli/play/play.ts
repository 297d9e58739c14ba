import type { HeightSpan } from '../../../backtest/data/recording/open-recording.ts';
import type { BacktestResult } from '../../../backtest/driver/backtest-result.ts';
import type { ParameterValue } from '../../trading/index.ts';
import type { FillName } from '../backtest/backtest-report.ts';
import type { TraceColumn } from '../backtest/html/trace.ts';
import type { OwnFill } from '../backtest/own-fills.ts';
import type { BacktestOptions } from '../backtest/run-settings.ts';

/** One backtest to be played, as plain data: it may be played by a thread, or by another machine. */
export interface Play {
  /** The place of its recording on the stage. */
  readonly recording: number;
  /** A reference that the stage knows. */
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly fills: FillName;
  readonly options: BacktestOptions;
  /** Trade in these blocks, and hold no event after them; null: the whole recording. */
  readonly span: HeightSpan | null;
  /** So many blocks before them are played without trading, for the strategy's view of the past. */
  readonly warmUpBlocks: number;
  /** Whether its course is asked for as well. */
  readonly trace: boolean;
  /** Whether each fill of its account is. @default false */
  readonly ownFills?: boolean;
}

export interface Played {
  readonly result: BacktestResult;
  readonly trace: readonly TraceColumn[] | null;
  readonly ownFills: readonly OwnFill[] | null;
}

/** What plays are played with. */
export interface Stage {
  /** Each with the hash of what it held when it was looked at. */
  readonly recordings: readonly { readonly folder: string; readonly hash: string }[];
  readonly strategies: readonly string[];
  /** What relative references start from. */
  readonly directory: string;
}

/** Where backtests are played, as many at once as there is room for; each ends in the same result wherever it is played. */
export interface Pool {
  /**
   * @param onEvents hears how many more events were played.
   * @throws ConfigError for a play that makes no sense, FatalError where its thread died.
   */
  play(play: Play, onEvents: (more: number) => void): Promise<Played>;
  close(): Promise<void>;
}
