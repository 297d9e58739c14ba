/**
 * The bot's memory: intents, transactions with every byte string ever signed for them, results, fills, and an audit row
 * for each transition. Adapters in `src/storage/ledger` keep it in Postgres or in the embedded database.
 *
 * Each verb that changes something is one database transaction, conditional on the state it starts from, and answers
 * whether it applied. A ledger belongs to one chain and one contract; opening it for another is a ConfigError.
 *
 * Whatever belongs to a transaction's life is written through a lane: its holder has the lease, and every write is
 * conditional on the lane's epoch being the holder's, so that one who lost the lease changes nothing any more. Such a
 * write throws LostLaneError. Leases run by the database's clock, whatever hosts think the time is.
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

export interface AcquireParameters {
  readonly lanes: readonly Principal[];
  /** Names a process for as long as it runs; never used again. */
  readonly holder: string;
  /** Milliseconds after which the lease runs out unless it is renewed. */
  readonly ttlMs: number;
  /** The caller knows that no other process can use this ledger: a lease of another holder is of a dead one. */
  readonly soleHolder?: boolean;
}

/** What anybody may read. */
export interface LedgerReads {
  /** Intents that wait for a nonce, oldest first; with `lane` those that it is to carry. */
  allowedIntents(options?: { readonly lane?: Principal }): Promise<readonly PlannedIntent[]>;
  intents(ids: readonly string[]): Promise<readonly IntentRecord[]>;
  /** Transactions in any of `states`, by lane and nonce, from `fromNonce` on. */
  transactions(query: {
    readonly states: readonly TransactionState[];
    readonly lane?: Principal;
    /** @default 0 */
    readonly fromNonce?: number;
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
  eventCursor(): Promise<EventCursor | null>;
  /** The energy price as of an event; null before the first mark, or the first that was kept. */
  energyPriceAt(sequence: Sequence): Promise<Price | null>;
  /** Those that were not dropped, as all reads of the ledger but its sums. */
  fills(): Promise<readonly Fill[]>;
  listings(): Promise<readonly Listing[]>;
  /** Fills up to this height may be dropped, above it all are kept; null before the first was. */
  prunedHeight(): Promise<Height | null>;
  /** Sums over all fills, dropped ones among them, by side and energy price. */
  fillTotals(): Promise<readonly PricedFillTotals[]>;

  accountTotals(parameters: { readonly account: Principal; readonly sinceMs: number }): Promise<AccountTotals>;
  /**
   * Fees of a lane's transactions that an attempt was signed for since `sinceMs`: what the chain took, else what the
   * dearest attempt may still cost; nothing for superseded ones.
   */
  laneFees(parameters: { readonly lane: Principal; readonly sinceMs: number }): Promise<MicroStx>;
  /** Sums over all that ever was, dropped rows among them. */
  summary(): Promise<LedgerSummary>;
  /** All lanes that were ever held, by name. */
  lanes(): Promise<readonly LaneRecord[]>;
}

/** The writes of one lane's holder. Every one throws LostLaneError, and changes nothing, once another has the lane. */
export interface LaneLedger extends LedgerReads {
  readonly lane: Principal;
  readonly epoch: number;

  /** allowed → cancelled, of those that are for this lane. Answers how many. */
  cancelIntents(parameters: { readonly ids: readonly string[]; readonly at: number }): Promise<number>;
  /**
   * Claims the lane's next nonce for a batch: max(chain nonce, highest of the lane + 1), in one conditional write that
   * also ties the intents to it.
   */
  claim(parameters: ClaimParameters): Promise<ClaimOutcome>;
  /** Claims a nonce that the lane left out, without intents, in one conditional write; null where it is no gap. */
  claimGap(parameters: ClaimGapParameters): Promise<ClaimedTransaction | null>;
  /** Adds signed bytes: claimed → signed, and no change of state where it has attempts already. */
  addAttempt(parameters: { readonly transactionId: number; readonly attempt: Attempt }): Promise<boolean>;
  transition(parameters: TransitionParameters): Promise<boolean>;
  /** Adds another attempt of the same nonce: live → signed, from where it goes the way of every attempt. */
  replace(parameters: ReplaceParameters): Promise<boolean>;
  /** live → included, with what the chain said of each entry. */
  include(parameters: {
    readonly transactionId: number;
    readonly inclusion: Inclusion;
    readonly results: readonly EntryResult[];
    readonly at: number;
  }): Promise<boolean>;
  /**
   * The transaction is confirmed: its intents become done or failed, or cancelled where the attempt that does nothing
   * was mined. Answers false once that is so.
   */
  settle(parameters: { readonly transactionId: number; readonly at: number }): Promise<boolean>;
  /** included → final or, where the chain refused it, reverted or, where the attempt that does nothing was mined, cancelled. */
  finalize(parameters: { readonly transactionId: number; readonly at: number }): Promise<boolean>;
  /**
   * included or any end → broadcast, after a reorg: results are forgotten and its intents are exposure again. Answers
   * false also for a superseded one whose nonce another transaction of the lane holds by now.
   */
  uninclude(parameters: {
    readonly transactionId: number;
    readonly at: number;
    readonly note: string;
  }): Promise<boolean>;
  /**
   * live → superseded; its intents are released, and the lane is halted in the same write: whoever took the nonce has the
   * key.
   */
  supersede(parameters: {
    readonly transactionId: number;
    readonly at: number;
    readonly note: string;
  }): Promise<boolean>;
  /** Releases the intents of an unconfirmed transaction whose batch can never execute; it keeps its nonce. */
  expire(parameters: { readonly transactionId: number; readonly at: number; readonly note: string }): Promise<boolean>;
  /** Writes down why the lane sends nothing new; null once it does again. */
  setHalt(halt: LaneHalt | null): Promise<void>;
}

/** The lease of one or several lanes, which are had and lost together. */
export interface LaneLease {
  /** In the order in which they were asked for. */
  readonly lanes: readonly LaneLedger[];
  /** Makes the lease last `ttlMs` from now; false once another holder has one of the lanes. */
  renew(parameters: { readonly ttlMs: number }): Promise<boolean>;
  /** Gives the lanes back at once; harmless where they are lost. */
  release(): Promise<void>;

  /**
   * Records intents as allowed; those whose id is known already stay as they are. Answers how many were new.
   *
   * @throws LostLaneError once another holder has one of the lanes, as do all writes of a lease.
   */
  recordIntents(parameters: { readonly planned: readonly PlannedIntent[]; readonly at: number }): Promise<number>;
  /** Gives intents that have no nonce to another lane; answers how many. */
  reassign(parameters: {
    readonly ids: readonly string[];
    readonly lane: Principal;
    readonly at: number;
  }): Promise<number>;
  recordEvents(batch: EventBatch): Promise<void>;
}

export interface LedgerPort extends LedgerReads {
  /** Takes lanes that nobody holds, all with a new epoch or none: null while another has one of them. */
  acquireLanes(parameters: AcquireParameters): Promise<LaneLease | null>;

  recordTurn(turn: TurnCounts): Promise<void>;

  /**
   * Drops what ended long ago, in batches of one database transaction each, and adds it to the sums in the same
   * transaction. What is live is never touched, whatever its age: a transaction that has not ended or whose offers may
   * still be open, the highest nonce of a lane, an intent that waits or is exposure.
   */
  prune(parameters: PruneParameters): Promise<PruneCounts>;

  /** Small facts of the service, such as the halt state. */
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  /** Adds one to a counter that starts at 0 and answers the new value: each run of the bot has its own number. */
  increment(key: string): Promise<number>;
  close(): Promise<void>;
}
