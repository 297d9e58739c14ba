import type { BatchCall } from '../../contract/index.ts';
import type { Height, MicroStx, Principal, TxId } from '../../core/index.ts';
import type { MinedStatus } from './chain.ts';

/** One signed byte string of a transaction. Attempts are only ever added. */
export interface Attempt {
  readonly txId: TxId;
  /** The serialized transaction, without `0x`. */
  readonly hex: string;
  /** SHA-256 of the bytes, 64 hex digits: checked before each POST. */
  readonly sha256: string;
  readonly fee: MicroStx;
  /** It does nothing instead of the transaction's call: once the chain has mined it, the call can never execute. */
  readonly noop: boolean;
  readonly createdAt: number;
}

export type Attempts = readonly [Attempt, ...Attempt[]];

/** Where and how the chain took one of the attempts. */
export interface Inclusion {
  readonly txId: TxId;
  readonly height: Height;
  /** Of the block that holds it: another hash at this height later means a reorg. */
  readonly indexBlockHash: string;
  readonly status: MinedStatus;
  readonly resultHex: string;
  readonly fee: MicroStx;
}

/** What every state has from the moment the nonce is claimed. */
interface Claim {
  /** The ledger's number of the transaction. */
  readonly id: number;
  /** The operator whose key signs and whose nonce sequence it is. */
  readonly lane: Principal;
  readonly nonce: number;
  readonly call: BatchCall;
  /** The intents it carries, in the order of the call's entries; none where it only fills a gap between nonces. */
  readonly intentIds: readonly string[];
  readonly claimedAt: number;
}

export type ClaimedTransaction = Claim & { readonly state: 'claimed' };
/** The bytes of its last attempt are in the ledger; no job carries them yet. */
export type SignedTransactionRecord = Claim & { readonly state: 'signed'; readonly attempts: Attempts };
export type QueuedTransaction = Claim & { readonly state: 'queued'; readonly attempts: Attempts };
/** Posted at least once with an outcome that proves nothing. */
export type BroadcastTransaction = Claim & { readonly state: 'broadcast'; readonly attempts: Attempts };
/** A node said that it holds the bytes. */
export type MempoolTransaction = Claim & { readonly state: 'mempool'; readonly attempts: Attempts };
/** Mined, whether with success or not; a reorg may still undo it. */
export type IncludedTransaction = Claim & {
  readonly state: 'included';
  readonly attempts: Attempts;
  readonly inclusion: Inclusion;
  /** Whether it is deep enough for its intents to be no exposure any more. */
  readonly settled: boolean;
};
/** Mined with success, deep enough. */
export type FinalTransaction = Claim & {
  readonly state: 'final';
  readonly attempts: Attempts;
  readonly inclusion: Inclusion;
};
/** Mined, the chain said no and took the fee, deep enough. */
export type RevertedTransaction = Claim & {
  readonly state: 'reverted';
  readonly attempts: Attempts;
  readonly inclusion: Inclusion;
};
/** The attempt that does nothing was mined, deep enough. */
export type CancelledTransaction = Claim & {
  readonly state: 'cancelled';
  readonly attempts: Attempts;
  readonly inclusion: Inclusion;
};
/** A transaction that is not ours took the nonce, deep enough. */
export type SupersededTransaction = Claim & { readonly state: 'superseded'; readonly attempts: Attempts };

export type Transaction =
  | ClaimedTransaction
  | SignedTransactionRecord
  | QueuedTransaction
  | BroadcastTransaction
  | MempoolTransaction
  | IncludedTransaction
  | FinalTransaction
  | RevertedTransaction
  | CancelledTransaction
  | SupersededTransaction;

export type TransactionState = Transaction['state'];

/** A transaction whose bytes may still be on their way: it has attempts and the chain has not spoken. */
export type LiveTransaction = SignedTransactionRecord | QueuedTransaction | BroadcastTransaction | MempoolTransaction;

/** A transaction that a block holds, as far as the ledger knows. */
export type MinedTransaction = Extract<Transaction, { readonly inclusion: Inclusion }>;

/** Every state, in the order in which they come, the four ends last. */
export const TRANSACTION_STATES = Object.keys({
  claimed: 0,
  signed: 0,
  queued: 0,
  broadcast: 0,
  mempool: 0,
  included: 0,
  final: 0,
  reverted: 0,
  cancelled: 0,
  superseded: 0,
} satisfies Record<TransactionState, 0>) as readonly TransactionState[];

/** Claimed nonces that the chain has not consumed, as far as it has told. */
export const UNCONFIRMED_STATES = ['claimed', 'signed', 'queued', 'broadcast', 'mempool'] as const;
/** States that only a reorg past the final depth can undo. */
export const END_STATES = ['final', 'reverted', 'cancelled', 'superseded'] as const;
/** States in which bytes of it may be on their way. */
export const LIVE_STATES = ['signed', 'queued', 'broadcast', 'mempool'] as const;

/** Whether bytes of it may be on their way. */
export function isLive(transaction: Transaction): transaction is LiveTransaction {
  return (LIVE_STATES as readonly TransactionState[]).includes(transaction.state);
}

/**
 * Whether the contract refuses the call for ever: a block lies the final depth past its valid-until. One that was not
 * mined by then can only fail.
 */
export function isPastUse(
  { call }: Pick<Claim, 'call'>,
  { tip, finalDepth }: { readonly tip: Height; readonly finalDepth: number },
): boolean {
  return call.validUntil + BigInt(finalDepth) <= BigInt(tip);
}

/** Whether a block holds the attempt that does nothing, so that the transaction's call never executes. */
export function isCancelledBy(
  { attempts }: { readonly attempts: Attempts },
  { txId }: Pick<Inclusion, 'txId'>,
): boolean {
  return attempts.some((attempt) => attempt.txId === txId && attempt.noop);
}
