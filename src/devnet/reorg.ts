import type { Rejection } from './admission.ts';
import type { Transaction } from './transaction.ts';

/** What becomes of a transaction whose block is taken back: mined again at once, waiting again, or lost without a trace. */
export const FATES = ['remine', 'return', 'forget'] as const;
export type Fate = (typeof FATES)[number];

export interface ReorgOptions {
  /** How many blocks are taken back. */
  readonly depth: number;
  /** How many blocks are mined in their place; a deployment among their transactions makes it more. */
  readonly blocks: number;
  readonly transactions: Fate;
  /** Other fates for single transactions, by id without `0x`. */
  readonly except: Readonly<Record<string, Fate>>;
  /** Transactions that no node had before; they are mined in the new blocks if the chain takes them. */
  readonly include: readonly Transaction[];
}

/** What a reorganisation did; ids are without `0x`. */
export interface Reorg {
  readonly forkHeight: number;
  readonly orphaned: readonly string[];
  readonly mined: readonly string[];
  /** Those of `include` that the chain did not take. */
  readonly rejected: readonly { readonly txid: string; readonly rejection: Rejection }[];
}
