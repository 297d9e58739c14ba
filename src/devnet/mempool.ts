import { MAX_PENDING_AGE_MS } from './network.ts';
import type { Transaction } from './transaction.ts';

export interface PendingTransaction {
  readonly transaction: Transaction;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  readonly receivedHeight: number;
}

/** µSTX per byte: what miners order by. */
const feeRate = ({ transaction }: PendingTransaction): number => Number(transaction.fee) / transaction.raw.length;

/** Accepted transactions that are not mined yet: at most one for each sender and nonce. */
export class Mempool {
  readonly #bySender = new Map<string, Map<number, PendingTransaction>>();
  readonly #byId = new Map<string, PendingTransaction>();

  get size(): number {
    return this.#byId.size;
  }

  get(txid: string): PendingTransaction | undefined {
    return this.#byId.get(txid);
  }

  at(sender: string, nonce: number): PendingTransaction | undefined {
    return this.#bySender.get(sender)?.get(nonce);
  }

  /** In order of arrival. */
  all(): PendingTransaction[] {
    return [...this.#byId.values()];
  }

  noncesOf(sender: string): number[] {
    return [...(this.#bySender.get(sender)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Adds `pending` and removes what it replaces, which is returned. */
  add(pending: PendingTransaction): PendingTransaction | undefined {
    const { sender, nonce, txid } = pending.transaction;
    const replaced = this.at(sender, nonce);
    if (replaced !== undefined) this.remove(replaced.transaction);
    let mine = this.#bySender.get(sender);
    if (mine === undefined) {
      mine = new Map();
      this.#bySender.set(sender, mine);
    }
    mine.set(nonce, pending);
    this.#byId.set(txid, pending);
    return replaced;
  }

  remove({ sender, nonce, txid }: Pick<Transaction, 'sender' | 'nonce' | 'txid'>): void {
    if (!this.#byId.delete(txid)) return;
    const mine = this.#bySender.get(sender);
    mine?.delete(nonce);
    if (mine?.size === 0) this.#bySender.delete(sender);
  }

  /** The one transaction of each sender whose turn it is, the best paying first, then the earliest. */
  ready(nextNonce: (sender: string) => number): PendingTransaction[] {
    const ready: PendingTransaction[] = [];
    for (const [sender, mine] of this.#bySender) {
      const next = mine.get(nextNonce(sender));
      if (next !== undefined) ready.push(next);
    }
    return ready.sort((a, b) => feeRate(b) - feeRate(a) || a.receivedAt - b.receivedAt);
  }

  /** What has waited longer than a node keeps it. */
  expired(now: number): PendingTransaction[] {
    return this.all().filter(({ receivedAt }) => now - receivedAt > MAX_PENDING_AGE_MS);
  }
}
