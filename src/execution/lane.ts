import { type Height, type MicroStx, microStx, type Principal, type TxId } from '../core/index.ts';
import type { AccountState, ChainTip } from './ports/chain.ts';
import type { Transaction } from './ports/transaction.ts';

/** What stops a lane: a transaction of it, its budget, or a pending transaction of somebody else. */
export type PauseKey = number | 'budget' | 'foreign';

/** What a lane remembers between passes. None of it is needed to go on after a crash: the ledger and the chain are. */
export class Lane {
  readonly operator: Principal;
  account: AccountState | null = null;
  /** The tip as of which the account was read. */
  accountAt: Height = 0 as Height;
  unconfirmed = 0;
  unconfirmedFees = 0n;
  /** The highest height that anyone has told of. */
  seenHeight: Height = 0 as Height;
  /** A block that the chain had; another one in its place means a reorg. */
  anchor: ChainTip | null = null;
  /** The lowest unconfirmed attempt, and the height from which on it was seen waiting. */
  head: { readonly txId: TxId; readonly since: Height } | null = null;
  /** Nonces that nobody seems to hold, by the height at which that was seen. */
  readonly gaps = new Map<number, Height>();
  /** Transactions whose nonce is gone without any of our attempts in a block, by the tip at which that was seen. */
  readonly missingSince = new Map<number, ChainTip>();
  /** Why nothing new is sent. */
  readonly #pauses = new Map<PauseKey, string>();

  constructor(operator: Principal) {
    this.operator = operator;
  }

  see(height: Height): void {
    if (height > this.seenHeight) this.seenHeight = height;
  }

  observe(account: AccountState, unconfirmed: readonly Transaction[]): void {
    this.account = account;
    this.unconfirmed = unconfirmed.length;
    this.unconfirmedFees = unconfirmed.reduce((sum, one) => sum + BigInt(offeredFee(one)), 0n);
    const alive = new Set(unconfirmed.map(({ id }) => id));
    for (const key of this.#pauses.keys()) if (typeof key === 'number' && !alive.has(key)) this.#pauses.delete(key);
    for (const id of this.missingSince.keys()) if (!alive.has(id)) this.missingSince.delete(id);
  }

  /** Answers whether this is news. */
  pause(key: PauseKey, reason: string): boolean {
    const news = this.#pauses.get(key) !== reason;
    this.#pauses.set(key, reason);
    return news;
  }

  resume(key: PauseKey): void {
    this.#pauses.delete(key);
  }

  isPausedBy(key: PauseKey): boolean {
    return this.#pauses.has(key);
  }

  /** Whether something else stops it too. */
  isPausedBeyond(key: PauseKey): boolean {
    return [...this.#pauses.keys()].some((other) => other !== key);
  }

  get paused(): string | null {
    return this.#pauses.values().next().value ?? null;
  }

  /** The wallet less the fees that unconfirmed transactions offer, never negative. */
  get balance(): MicroStx {
    const left = BigInt(this.account?.balance ?? 0) - this.unconfirmedFees;
    return microStx(left > 0n ? left : 0n);
  }
}

/** The most that the transaction may cost in fees: that of its dearest attempt. */
function offeredFee(transaction: Transaction): MicroStx {
  if (transaction.state === 'claimed') return microStx(0);
  return microStx(Math.max(...transaction.attempts.map(({ fee }) => fee)));
}
