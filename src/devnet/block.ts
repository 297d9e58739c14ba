import { bytesOf, sha512t256, u64 } from './hashing.ts';
import type { TransactionHead } from './transaction.ts';
import type { VmEvent } from './vm/events.ts';

export type MinedStatus = 'success' | 'abort_by_response' | 'abort_by_post_condition';

/** What came of a mined transaction. `result` is consensus hex with `0x`; events are empty unless it succeeded. */
export interface Receipt {
  readonly status: MinedStatus;
  readonly result: string;
  readonly vmError: string | null;
  readonly events: readonly VmEvent[];
}

export interface MinedTransaction {
  readonly transaction: TransactionHead;
  readonly receipt: Receipt;
}

export interface Block {
  readonly height: number;
  /** The number of reorganisations before it: what sets it apart from a block of the same content that was taken back. */
  readonly fork: number;
  readonly hash: string;
  /** SHA-512/256 of block hash and consensus hash, as on Stacks: what `?tip=` names. */
  readonly indexHash: string;
  /** Seconds since the Unix epoch. */
  readonly time: number;
  readonly transactions: readonly MinedTransaction[];
}

const NONE: readonly MinedTransaction[] = [];

/** The block of `transactions` at `height` on `parentIndexHash`. Its hash does not cover the time: a lost empty block comes back the same. */
export function makeBlock(
  parentIndexHash: string,
  consensusHash: string,
  content: Pick<Block, 'height' | 'fork' | 'time' | 'transactions'>,
): Block {
  const hash = sha512t256(
    'block',
    bytesOf(parentIndexHash),
    u64(content.height),
    content.fork === 0 ? '' : u64(content.fork),
    ...content.transactions.map(({ transaction }) => bytesOf(transaction.txid)),
  );
  const transactions = content.transactions.length === 0 ? NONE : content.transactions;
  return { ...content, transactions, hash, indexHash: sha512t256(bytesOf(hash), bytesOf(consensusHash)) };
}

/** A digest of what the transactions of a block came to, so that a replay that ends differently is noticed. */
export const receiptsDigest = (transactions: readonly MinedTransaction[]): string =>
  sha512t256(
    ...transactions.map(({ transaction, receipt }) =>
      JSON.stringify([transaction.txid, receipt.status, receipt.result, receipt.events.length]),
    ),
  );
