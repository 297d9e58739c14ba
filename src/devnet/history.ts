import { type Block, receiptsDigest } from './block.ts';
import type { ForgetReason } from './explorer.ts';
import type { JournalEntry } from './journal.ts';
import type { TransactionHead } from './transaction.ts';

/** One thing that happened to a chain, in the order in which it happened. */
export type Fact =
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'pending'; readonly head: TransactionHead; readonly receivedAt: number }
  | { readonly kind: 'dropped'; readonly txid: string; readonly reason: ForgetReason }
  | { readonly kind: 'mint'; readonly address: string; readonly amount: bigint };

const hexOf = ({ raw }: TransactionHead): string => Buffer.from(raw).toString('hex');
const forkOf = ({ fork }: Block) => (fork === 0 ? {} : { fork });

/** `fact` as the journal holds it. */
export function entryOf(fact: Fact): JournalEntry {
  switch (fact.kind) {
    case 'block':
      return blockEntry(fact.block);
    case 'pending':
      return { kind: 'pending', transaction: hexOf(fact.head), receivedAt: fact.receivedAt };
    case 'dropped':
      return { kind: 'dropped', txid: fact.txid, reason: fact.reason };
    case 'mint':
      return { kind: 'mint', address: fact.address, amount: fact.amount.toString() };
  }
}

function blockEntry(block: Block): JournalEntry {
  const { height, time, hash, transactions } = block;
  if (transactions.length === 0) return { kind: 'empty', height, time, gaps: [], ...forkOf(block) };
  return {
    kind: 'block',
    height,
    time,
    ...forkOf(block),
    transactions: transactions.map(({ transaction }) => hexOf(transaction)),
    guarded: transactions.some(({ receipt }) => receipt.status === 'abort_by_post_condition'),
    hash,
    receipts: receiptsDigest(transactions),
  };
}
