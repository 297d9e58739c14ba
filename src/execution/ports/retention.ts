import type { Height } from '../../core/index.ts';

/** What a ledger may drop; times are in milliseconds since the Unix epoch. */
export interface PruneParameters {
  /** What ended before this is too old. */
  readonly endedBefore: number;
  /** Of ended transactions, and of intents that ended without one, so many of the newest stay; the others are too many. */
  readonly keepNewest: number;
  /** What is too many stays all the same if it ended, or was claimed, at or after this. */
  readonly neverSince: number;
  /** Blocks up to this height are final, and their events are in the ledger; nothing of a higher block is dropped. */
  readonly finalHeight: Height;
  /** Ends the work after the batch in progress. */
  readonly signal?: AbortSignal;
}

/** Rows that were dropped. */
export interface PruneCounts {
  readonly transactions: number;
  readonly attempts: number;
  readonly audit: number;
  readonly results: number;
  readonly intents: number;
  readonly fills: number;
  readonly listings: number;
  readonly prices: number;
}
