/**
 * The bot's memory: intents, transactions with every byte string ever signed for them, results, fills, and an audit row
 * for each transition. Adapters in `src/storage/ledger` keep it in Postgres or in the embedded database.
 *
 * Each verb that changes something is one write, whole or not at all, conditional on the state it starts from, and answers
 * whether it applied; those that are asked for at once may share a database transaction. A ledger belongs to one chain and
 * one contract; opening it for another is a ConfigError.
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
import type { Height, MicroStx, Price, Principal, Sequence, TradeId, TxId } from '../../core/index.ts';
import type { OpenIntent, PlannedIntent } from '../../trading/intent.ts';
import type {
  AccountTotals,
  AuditRow,
  ClaimGapParameters,
  ClaimOutcome,
  ClaimParameters,
  EntryResult,
  EventBatch,
  EventMark,
  Fill,
  IntentRecord,
  LaneHalt,
  LaneRecord,
  LedgerSummary,
  Listing,
  PricedFillTotals,
  ReplaceParameters,
  TransitionParameters,
  TurnCounts,
} from './ledger-records.ts';
import type { PruneCounts, PruneParameters } from './retention.ts';
import type { Attempt, ClaimedTransaction, Inclusion, Transaction, TransactionState } from './transaction.ts';

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
  /** How far the contract's events have been read, and some marks below, oldest first; empty before any were. */
  eventMarks(): Promise<readonly EventMark[]>;
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
  /** Answers how many were in a state of `from`. */
  transition(parameters: TransitionParameters): Promise<number>;
  /**
   * The transaction that an attempt belongs to, whatever its state; null where there is none. Where the attempt is its last
   * and `sha256` that of its bytes, signed or queued → broadcast in the same write.
   */
  beginPost(parameters: {
    readonly txId: TxId;
    readonly sha256: string;
    readonly at: number;
  }): Promise<Transaction | null>;
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
