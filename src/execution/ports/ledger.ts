/**
 * The bot's memory: intents, transactions with every byte string ever signed for them, results, fills, and an audit row
 * for each transition. Adapters in `src/storage/ledger` keep it in Postgres or in the embedded database.
 *
 * Each verb that changes something is one database transaction, conditional on the state it starts from, and answers
 * whether it applied. A ledger belongs to one chain and one contract; opening it for another is a ConfigError.
 *
 * Left out on purpose: any judgement of what the chain said (execution's), keys, and deleting anything but what a reorg
 * undid and what `prune` may drop.
 *
 * Every method throws TransientError when the database cannot be reached, and CorruptionError for rows that cannot be.
 */
import type { BatchCall } from '../../contract/index.ts';
import type { Height, MicroStx, Price, Principal, Sequence, TradeId, TxId, Wh } from '../../core/index.ts';
import type { OpenIntent, PlannedIntent } from '../../trading/intent.ts';
import type { ChainIdentity } from './chain.ts';
import type { PruneCounts, PruneParameters } from './retention.ts';
import type { Attempt, ClaimedTransaction, Inclusion, Transaction, TransactionState } from './transaction.ts';

/** The chain and contract that a ledger belongs to. */
export interface LedgerBinding {
  readonly identity: ChainIdentity;
  /** `ADDRESS.energy-grid` */
  readonly contractId: string;
}

/**
 * `allowed` waits for a nonce, `claimed` is carried by a transaction, `done` and `failed` are what the chain said of its
 * entry, `superseded` lost its nonce to a foreign transaction, `cancelled` went stale before it had a nonce.
 */
export type IntentState = 'allowed' | 'claimed' | 'done' | 'failed' | 'superseded' | 'cancelled';

export interface IntentRecord {
  readonly planned: PlannedIntent;
  readonly state: IntentState;
  /** The transaction that carries it; null before a claim. */
  readonly transactionId: number | null;
}

export interface ClaimParameters {
  readonly lane: Principal;
  readonly call: BatchCall;
  /** In the order of the call's entries; each must be `allowed`. */
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
  /** An intent is not `allowed` any more, so nothing was claimed. */
  | { readonly kind: 'taken' };

/** What the chain said of one entry of a batch. */
export type EntryResult =
  /** `value` is the cost of a buy in µSTX, the id of a listed trade, or the energy that a cancel gave back. */
  | { readonly kind: 'ok'; readonly intentId: string; readonly value: number }
  /** `error` is the contract's error name, or the chain's status where the whole transaction was refused. */
  | { readonly kind: 'error'; readonly intentId: string; readonly error: string };

export interface TransitionParameters {
  readonly transactionId: number;
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

/** How far the contract's events have been read into the ledger. */
export interface EventCursor {
  readonly sequence: Sequence;
  /** The event's transaction: another one at this sequence means a reorg. Null after a rewind, which names none. */
  readonly txId: TxId | null;
}

export interface EventBatch {
  /** Forget listings, fills and prices after this event first: a reorg undid them. Null: nothing is to be forgotten. */
  readonly forgetAfter: Sequence | null;
  readonly listings: readonly Listing[];
  readonly fills: readonly Fill[];
  readonly prices: readonly PriceMark[];
  readonly cursor: EventCursor | null;
  readonly at: number;
}

/** What an account used since a time; unconfirmed buys and fees count in full. */
export interface AccountTotals {
  readonly account: Principal;
  /** Costs of confirmed buys and the worst case of unconfirmed ones. */
  readonly spent: MicroStx;
  /** Its share of the network fees by entries, each rounded up. */
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

export interface LedgerPort {
  /** Records intents as allowed; those whose id is known already stay as they are. Answers how many were new. */
  recordIntents(parameters: { readonly planned: readonly PlannedIntent[]; readonly at: number }): Promise<number>;
  /** Intents that wait for a nonce, oldest first. */
  allowedIntents(): Promise<readonly PlannedIntent[]>;
  /** allowed → cancelled. Answers how many. */
  cancelIntents(parameters: { readonly ids: readonly string[]; readonly at: number }): Promise<number>;
  intents(ids: readonly string[]): Promise<readonly IntentRecord[]>;

  /**
   * Claims the lane's next nonce for a batch: max(chain nonce, highest of the lane + 1), in one conditional write that
   * also ties the intents to it.
   */
  claim(parameters: ClaimParameters): Promise<ClaimOutcome>;
  /** Adds signed bytes: claimed → signed, and no change of state where it has attempts already. */
  addAttempt(parameters: { readonly transactionId: number; readonly attempt: Attempt }): Promise<boolean>;
  transition(parameters: TransitionParameters): Promise<boolean>;
  /** live → included, with what the chain said of each entry. */
  include(parameters: {
    readonly transactionId: number;
    readonly inclusion: Inclusion;
    readonly results: readonly EntryResult[];
    readonly at: number;
  }): Promise<boolean>;
  /** The transaction is confirmed: its intents become done or failed. Answers false once that is so. */
  settle(parameters: { readonly transactionId: number; readonly at: number }): Promise<boolean>;
  /** included → final or, where the chain refused it, reverted. */
  finalize(parameters: { readonly transactionId: number; readonly at: number }): Promise<boolean>;
  /** included, final or reverted → broadcast, after a reorg: results are forgotten and its intents are exposure again. */
  uninclude(parameters: {
    readonly transactionId: number;
    readonly at: number;
    readonly note: string;
  }): Promise<boolean>;
  /** live → superseded; its intents are released. */
  supersede(parameters: {
    readonly transactionId: number;
    readonly at: number;
    readonly note: string;
  }): Promise<boolean>;

  /** Transactions in any of `states`, by lane and nonce. */
  transactions(query: {
    readonly states: readonly TransactionState[];
    readonly lane?: Principal;
  }): Promise<readonly Transaction[]>;
  transaction(id: number): Promise<Transaction | null>;
  /** The transaction that an attempt belongs to. */
  transactionOf(txId: TxId): Promise<Transaction | null>;
  results(transactionId: number): Promise<readonly EntryResult[]>;
  audit(transactionId: number): Promise<readonly AuditRow[]>;

  /**
   * Intents that count as exposure: all whose outcome is not settled, and, with `seenHeight`, also those settled by a
   * block above it, which a market view of that height does not show yet.
   */
  openIntents(options?: { readonly seenHeight?: Height }): Promise<readonly OpenIntent[]>;

  /** Which of `ids` are attempts of ours. */
  ownTransactions(ids: readonly TxId[]): Promise<ReadonlySet<TxId>>;
  /** Which of `ids` are offers that transactions of ours put on the market. */
  ownListings(ids: readonly TradeId[]): Promise<ReadonlySet<TradeId>>;
  recordEvents(batch: EventBatch): Promise<void>;
  eventCursor(): Promise<EventCursor | null>;
  /** The energy price as of an event; null before the first mark, or the first that was kept. */
  energyPriceAt(sequence: Sequence): Promise<Price | null>;
  /** Those that were not dropped, as all reads of the ledger but its sums. */
  fills(): Promise<readonly Fill[]>;
  listings(): Promise<readonly Listing[]>;
  /** Sums over all fills, dropped ones among them, by side and energy price. */
  fillTotals(): Promise<readonly PricedFillTotals[]>;

  accountTotals(parameters: { readonly account: Principal; readonly sinceMs: number }): Promise<AccountTotals>;
  recordTurn(turn: TurnCounts): Promise<void>;
  /** Sums over all that ever was, dropped rows among them. */
  summary(): Promise<LedgerSummary>;

  /**
   * Drops what ended long ago, in batches of one database transaction each, and adds it to the sums in the same
   * transaction. What is live is never touched, whatever its age: a transaction that has not ended or whose offers may
   * still be open, the highest nonce of a lane, an intent that waits or is exposure.
   */
  prune(parameters: PruneParameters): Promise<PruneCounts>;
  /** Fills up to this height may be dropped, above it all are kept; null before the first was. */
  prunedHeight(): Promise<Height | null>;

  /** Small facts of the service, such as the halt state. */
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  /** Adds one to a counter that starts at 0 and answers the new value: each run of the bot has its own number. */
  increment(key: string): Promise<number>;
  close(): Promise<void>;
}
