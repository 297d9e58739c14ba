import { z } from 'zod';
import type { ForgetReason } from '../explorer.ts';
import { FATES } from '../reorg.ts';
import { decodeTransaction, UndecodableTransaction } from '../transaction.ts';

const count = z.int().min(1);
const transaction = z.string().transform((text, context) => {
  try {
    return decodeTransaction(Buffer.from(text.replace(/^0x/, ''), 'hex'));
  } catch (error) {
    if (!(error instanceof UndecodableTransaction)) throw error;
    context.issues.push({ code: 'custom', message: `expected a transaction in hex (${error.message})`, input: text });
    return z.NEVER;
  }
});
const txid = z
  .string()
  .regex(/^(0x)?[0-9a-f]{64}$/i, 'expected a transaction id of 64 hex digits')
  .transform((text) => text.toLowerCase().replace(/^0x/, ''));

/** The body of `/admin/reorg`. */
export const REORG = z.strictObject({
  /** How many blocks are taken back. */
  depth: count.max(100_000),
  /** How many are mined in their place, empty but for what is mined again. @default depth */
  blocks: z.int().min(0).max(100_000).optional(),
  /** What becomes of the transactions in them. */
  transactions: z.enum(FATES).default('remine'),
  /** Other fates for single ones, by id. */
  except: z.record(txid, z.enum(FATES)).default({}),
  /** Transactions of others, in hex, for the new blocks. */
  include: z.array(transaction).default([]),
  /** The indexer stays on the blocks taken back for so many blocks more. */
  staleForBlocks: count.optional(),
});

/** How the mempool can lose a transaction. */
export const LOSSES = [
  'forgotten',
  'dropped_replace_across_fork',
  'dropped_too_expensive',
  'dropped_stale_garbage_collect',
  'dropped_problematic',
] as const satisfies readonly ForgetReason[];

/** The body of `/admin/forget`. */
export const FORGET = z.strictObject({
  /** Which waiting transactions the mempool loses: all, some by id, or a sender's, all or the one with a nonce. */
  transactions: z.union(
    [z.literal('all'), z.array(txid), z.strictObject({ sender: z.string(), nonce: z.int().min(0).optional() })],
    { error: 'expected "all", a list of transaction ids, or {sender, nonce}' },
  ),
  /** Without a trace, or dropped for a reason that the indexer tells. */
  as: z.enum(LOSSES).default('forgotten'),
  /** They are posted again, by another node as it were, after so many blocks. */
  returnAfterBlocks: count.optional(),
});

/** The body of `/admin/restart`. */
export const RESTART = z.strictObject({
  /** With the chain as it is, or as another chain with the same settings. */
  state: z.enum(['keep', 'discard']).default('keep'),
});

export type ReorgInput = z.input<typeof REORG>;
export type ForgetInput = z.input<typeof FORGET>;
export type RestartInput = z.input<typeof RESTART>;
export type ForgetSelection = z.output<typeof FORGET>['transactions'];
