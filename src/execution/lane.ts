import { type Height, type MicroStx, microStx, type Principal } from '../core/index.ts';
import type { AccountState } from './ports/chain.ts';
import type { LaneHalt } from './ports/ledger.ts';
import type { Transaction } from './ports/transaction.ts';

/** What a lane remembers between passes. None of it is needed to go on after a crash: the ledger and the chain are. */
export class Lane {
  readonly operator: Principal;
  account: AccountState | null = null;
  unconfirmed = 0;
  unconfirmedFees = 0n;
  /** The highest height that anyone has told of. */
  seenHeight: Height = 0 as Height;
  /** Why nothing new is sent, by the transaction that is stuck. */
  readonly #pauses = new Map<number, string>();
  /** Transactions whose nonce is gone without any of our attempts in a block, by the height at which that was seen. */
  readonly missingSince = new Map<number, Height>();

  /** The fee that the lowest unconfirmed transaction offers, 0 without one. */
  lowestFee: MicroStx = microStx(0);
  /** Why nothing new is sent, as the ledger has it. */
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
    this.unconfirmed = unconfirmed.length;
    const [lowest] = unconfirmed;
    this.lowestFee = lowest === undefined ? microStx(0) : offeredFee(lowest);
    this.unconfirmedFees = unconfirmed.reduce((sum, one) => sum + BigInt(offeredFee(one)), 0n);
    const alive = new Set(unconfirmed.map(({ id }) => id));
    for (const id of this.#pauses.keys()) if (!alive.has(id)) this.#pauses.delete(id);
    for (const id of this.missingSince.keys()) if (!alive.has(id)) this.missingSince.delete(id);
  }

  /** Answers whether this is news. */
  pause(transactionId: number, reason: string): boolean {
    const news = this.#pauses.get(transactionId) !== reason;
    this.#pauses.set(transactionId, reason);
    return news;
  }

  resume(transactionId: number): void {
    this.#pauses.delete(transactionId);
  }

  get paused(): string | null {
    return this.halt?.reason ?? this.#pauses.values().next().value ?? null;
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
