/** What the ledger keeps and answers: its records, and what its verbs are given. */
import type { BatchCall } from '../../contract/index.ts';
import type { Height, MicroStx, Price, Principal, Sequence, TradeId, TxId, Wh } from '../../core/index.ts';
import type { PlannedIntent } from '../../trading/intent.ts';
import type { ChainIdentity } from './chain.ts';
import type { Attempt, ClaimedTransaction, TransactionState } from './transaction.ts';

/** The chain and contract that a ledger belongs to. */
export interface LedgerBinding {
  readonly identity: ChainIdentity;
  /** `ADDRESS.energy-grid` */
  readonly contractId: string;
}

/**
 * `allowed` waits for a nonce, `claimed` is carried by a transaction, `done` and `failed` are what the chain said of its
 * entry, `superseded` lost its nonce to a foreign transaction, `expired` is carried by a batch that the contract refuses for
 * ever, `cancelled` went stale before it had a nonce, or its transaction was replaced by one that does nothing.
 */
export type IntentState = 'allowed' | 'claimed' | 'done' | 'failed' | 'superseded' | 'expired' | 'cancelled';

export interface IntentRecord {
  readonly planned: PlannedIntent;
  readonly state: IntentState;
  /** The transaction that carries it; null before a claim. */
  readonly transactionId: number | null;
}

export interface ClaimParameters {
  readonly call: BatchCall;
  /** In the order of the call's entries; each must be `allowed` and for this lane. */
  readonly intentIds: readonly string[];
  /** The account's next nonce as the chain says. */
  readonly chainNonce: number;
  /** Nonces from `chainNonce` on that may be in use at once. */
  readonly window: number;
  readonly at: number;
}

export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly transaction: ClaimedTransaction }
  /** Too many unconfirmed nonces; try again once some are confirmed. */
  | { readonly kind: 'full' }
  /** An intent is not `allowed` any more, or for another lane now, so nothing was claimed. */
  | { readonly kind: 'taken' };

export interface ClaimGapParameters extends Pick<ClaimParameters, 'call' | 'at'> {
  /** Below the highest unconfirmed nonce of the lane, and held by no transaction of it. */
  readonly nonce: number;
}

export interface ReplaceParameters {
  readonly transactionId: number;
  /** The last attempt that the caller knows of: where another one was added since, nothing happens. */
  readonly after: TxId;
  /** Of a strictly higher fee. */
  readonly attempt: Attempt;
  /** One line for the audit row. */
  readonly note: string;
}

/** What the chain said of one entry of a batch. */
export type EntryResult =
  /** `value` is the cost of a buy in µSTX, the id of a listed trade, or the energy that a cancel gave back. */
  | { readonly kind: 'ok'; readonly intentId: string; readonly value: number }
  /** `error` is the contract's error name, or the chain's status where the whole transaction was refused. */
  | { readonly kind: 'error'; readonly intentId: string; readonly error: string };

export interface TransitionParameters {
  readonly transactionIds: readonly number[];
  readonly from: readonly TransactionState[];
  readonly to: 'queued' | 'broadcast' | 'mempool';
  readonly at: number;
  /** One line for the audit row. */
  readonly note?: string;
}

/** An offer that a transaction of ours put on the market. */
export interface Listing {
  readonly sequence: Sequence;
  readonly tradeId: TradeId;
  readonly txId: TxId;
  readonly height: Height;
  readonly seller: Principal;
  readonly amount: Wh;
  readonly price: Price;
}

/** A confirmed trade of ours: `own` is between two accounts of ours. */
export interface Fill {
  readonly side: 'bought' | 'sold' | 'own';
  readonly sequence: Sequence;
  readonly tradeId: TradeId;
  readonly txId: TxId;
  readonly height: Height;
  readonly buyer: Principal;
  readonly seller: Principal;
  readonly amount: Wh;
  readonly price: Price;
  readonly cost: MicroStx;
  /** The system's energy price when it was bought: what the grid would have asked for. */
  readonly energyPrice: Price;
}

/** The energy price from one event on. */
export interface PriceMark {
  readonly sequence: Sequence;
  readonly price: Price;
}

/** A place in the contract's events, and the digest of all up to it: another digest there means a reorg. */
export interface EventMark {
  readonly sequence: Sequence;
  /** 64 hex digits. */
  readonly digest: string;
}

export interface EventBatch {
  /** Forget listings, fills and prices after this event first: a reorg undid them. Null: nothing is to be forgotten. */
  readonly forgetAfter: Sequence | null;
  readonly listings: readonly Listing[];
  readonly fills: readonly Fill[];
  readonly prices: readonly PriceMark[];
  /** How far the events are read with this batch, and some marks below, oldest first; none: those before stay. */
  readonly marks: readonly EventMark[];
  readonly at: number;
}

/** What an account used since a time; unconfirmed buys and fees count in full. */
export interface AccountTotals {
  readonly account: Principal;
  /** Costs of confirmed buys and the worst case of unconfirmed ones. */
  readonly spent: MicroStx;
  /** Its share of the network fees: see `feeShare`. */
  readonly fees: MicroStx;
}

export interface TurnCounts {
  readonly turn: number;
  readonly height: Height;
  readonly at: number;
  readonly allowed: number;
  /** Denied intents by code. */
  readonly denied: Readonly<Record<string, number>>;
}

/** Sums over the fills of one side. */
export interface FillTotals {
  readonly count: number;
  readonly energy: Wh;
  readonly cost: MicroStx;
}

/** Sums over the fills of one side while the system's energy price was one and the same. */
export interface PricedFillTotals extends FillTotals {
  readonly side: Fill['side'];
  readonly energyPrice: Price;
}

export interface LedgerSummary {
  readonly transactions: Readonly<Record<TransactionState, number>>;
  readonly intents: Readonly<Record<IntentState, number>>;
  /** Attempts that were mined but did not succeed, whether final or not. */
  readonly abortedTransactions: number;
  readonly fills: Readonly<Record<Fill['side'], FillTotals>>;
  /** Offers that transactions of ours put on the market. */
  readonly listed: { readonly count: number; readonly energy: Wh };
  /** Fees that the chain took. */
  readonly feesPaid: MicroStx;
  /** Failed batch entries by error name. */
  readonly failedEntries: Readonly<Record<string, number>>;
  readonly turns: number;
  readonly allowed: number;
  readonly denied: Readonly<Record<string, number>>;
}

export interface AuditRow {
  readonly transactionId: number;
  readonly from: TransactionState | null;
  readonly to: TransactionState;
  readonly at: number;
  readonly note: string | null;
}

/**
 * Why a lane sends nothing new: its wallet cannot pay, its lowest nonce stays unused while blocks go by, someone else uses
 * its key, or its signer refuses. Someone else's use is for a person to look at; the others pass with their cause.
 */
export interface LaneHalt {
  readonly cause: 'funds' | 'stuck' | 'foreign' | 'signer';
  /** One line for people. */
  readonly reason: string;
  readonly at: number;
}

/** A lane as the ledger knows it: one that was ever held. */
export interface LaneRecord {
  readonly lane: Principal;
  /** Counts the changes of hands. */
  readonly epoch: number;
  /** Who has the lease; null while nobody has, or once it ran out. */
  readonly holder: string | null;
  readonly halt: LaneHalt | null;
}
