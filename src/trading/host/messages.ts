import type { MarketUpdate } from '../../market/index.ts';
import type { EngineSettings, TradingAccount, TurnRequest, TurnResult } from '../turn/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { JournalContent } from './journal.ts';

/** What a new thread begins with. */
export interface WorkerStart {
  readonly settings: EngineSettings;
  /** What relative paths of strategy files start from. */
  readonly directory: string;
  readonly journal: JournalContent;
  /** One Int32: the index of the strategy that runs, or `NO_STRATEGY`. */
  readonly marker: SharedArrayBuffer;
}

export const NO_STRATEGY = -1;

/** What the host asks of its thread, one at a time. */
export interface TurnMessage {
  readonly update: MarketUpdate | null;
  readonly request: TurnRequest;
  readonly benched: readonly string[];
  /** Whether to send a checkpoint along. */
  readonly checkpoint: boolean;
}

/** An error of the project's tree as data: a class does not survive the way between threads. */
export interface PortableError {
  readonly kind: 'config' | 'corruption' | 'defect';
  readonly message: string;
  readonly hints: readonly string[];
}

export type WorkerAnswer =
  /** The strategies are loaded and the market stands where the journal ends; the accounts have every parameter and limit. */
  | { readonly kind: 'ready'; readonly accounts: readonly TradingAccount[] }
  | { readonly kind: 'turned'; readonly result: TurnResult; readonly checkpoint: Checkpoint | null }
  | { readonly kind: 'failed'; readonly error: PortableError };
