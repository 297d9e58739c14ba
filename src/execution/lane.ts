import { type Height, type MicroStx, microStx, type Principal, type TxId } from '../core/index.ts';
import type { AccountState, ChainTip } from './ports/chain.ts';
import type { LaneHalt } from './ports/ledger-records.ts';
import type { Transaction } from './ports/transaction.ts';

/**
 * What pauses a lane: a transaction of it by id, its budget, or a pending transaction of somebody else.
 *
 * A pause is what this process sees now: it is looked at anew in each pass, passes by itself, and is kept in memory alone,
 * for the next holder sees the same. A halt (`LaneHalt`) is a verdict: it stands in the ledger, is alarmed about once, lets
 * the lane's work move on to others, and ends with its cause or at the word of a person. Either stops new work and nothing
 * else.
 */
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
  /** A block that the indexer showed; another one in its place means a reorg. */
  anchor: Pick<ChainTip, 'height' | 'indexBlockHash'> | null = null;
  /** The lowest unconfirmed attempt, and the height from which on it was seen waiting. */
  head: { readonly txId: TxId; readonly since: Height } | null = null;
  /** Nonces that nobody seems to hold, by the height at which that was seen. */
  readonly gaps = new Map<number, Height>();
  /** Transactions whose nonce is gone without any of our attempts in a block, by the tip at which that was seen. */
  readonly missingSince = new Map<number, ChainTip>();
  /** Why nothing new is sent for now. */
  readonly #pauses = new Map<PauseKey, string>();

  /** The fee that the lowest unconfirmed transaction offers, 0 without one. */
  lowestFee: MicroStx = microStx(0);
  /** Why nothing new is sent until that is over, as the ledger has it. */
  halt: LaneHalt | null;
  /** What the signer said when it last refused; null since it last signed. */
  refusal: string | null = null;
  /** The nonce that the chain waits for while transactions are under way, and the height at which that began. */
  waiting: { readonly nonce: number; readonly since: Height } | null = null;

  constructor(operator: Principal, halt: LaneHalt | null = null) {
    this.operator = operator;
    this.halt = halt;
  }

  see(height: Height): void {
    if (height > this.seenHeight) this.seenHeight = height;
  }

  observe(account: AccountState, unconfirmed: readonly Transaction[]): void {
    this.account = account;
    this.unconfirmed = 0;
    this.unconfirmedFees = 0n;
    this.lowestFee = microStx(0);
    this.add(unconfirmed);
    const alive = new Set(unconfirmed.map(({ id }) => id));
    for (const key of this.#pauses.keys()) if (typeof key === 'number' && !alive.has(key)) this.#pauses.delete(key);
    for (const id of this.missingSince.keys()) if (!alive.has(id)) this.missingSince.delete(id);
  }

  /** Counts transactions of higher nonces among what is under way. */
  add(transactions: readonly Transaction[]): void {
    const [lowest] = transactions;
    if (this.unconfirmed === 0 && lowest !== undefined) this.lowestFee = offeredFee(lowest);
    this.unconfirmed += transactions.length;
    for (const one of transactions) this.unconfirmedFees += BigInt(offeredFee(one));
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

  /** Why nothing new is sent, whether it is a halt or a pause. */
  get paused(): string | null {
    return this.halt?.reason ?? this.#pauses.values().next().value ?? null;
  }

  /** Whether the wallet holds a fee: a node judges each transaction by the whole balance. */
  canPay(fee: MicroStx): boolean {
    return this.account !== null && fee <= this.account.balance;
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
