import type { MinedTransaction } from './block.ts';
import type { ChainState } from './state.ts';
import type { Transaction } from './transaction.ts';

/** No block takes more than this many transactions, so that mining never holds the server up for long. */
export const MAX_BLOCK_TRANSACTIONS = 1000;

export interface FillOptions {
  /** How many transactions fit. */
  readonly room: number;
  /** Which waiting transactions may enter, by id. */
  readonly eligible: (txid: string) => boolean;
}

export interface Filled {
  readonly mined: readonly MinedTransaction[];
  /** Transactions that no block can hold. */
  readonly problematic: readonly Transaction[];
}

/** Opens the next block and runs in it what is ready, again and again until nothing is. */
export function fillBlock(state: ChainState, { room, eligible }: FillOptions): Filled {
  const executor = state.openBlock(state.tip.height + 1, true);
  const mined: MinedTransaction[] = [];
  const problematic: Transaction[] = [];
  const stuck = new Set<string>();
  for (let progress = true; progress; ) {
    progress = false;
    for (const { transaction } of state.mempool.ready((sender) => state.accounts.get(sender).nonce)) {
      if (stuck.has(transaction.sender) || !eligible(transaction.txid)) continue;
      if (mined.length >= room || executor.closed) return { mined, problematic };
      const attempt = executor.run(transaction);
      if (attempt.kind === 'mined') {
        mined.push(attempt.mined);
        state.mempool.remove(transaction);
        progress = true;
      } else {
        stuck.add(transaction.sender);
        if (attempt.kind === 'problematic') problematic.push(transaction);
      }
    }
  }
  return { mined, problematic };
}
