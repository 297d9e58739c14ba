import type { Clock, Height, Log, MicroStx, Principal, Sequence, TxId } from '../core/index.ts';
import type { OpenIntent, PlannedIntent } from '../trading/intent.ts';
import type { ChainPort, GridLogEntry, MinedStatus } from './ports/chain.ts';
import type { AccountTotals, EntryResult, Fill, LedgerPort, LedgerSummary } from './ports/ledger.ts';
import type { QueuePort } from './ports/queue.ts';
import type { SignerPort } from './ports/signer.ts';

export interface ExecutionDependencies {
  readonly ledger: LedgerPort;
  readonly queue: QueuePort;
  readonly chain: ChainPort;
  readonly signer: SignerPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** A batch that was signed, stored and queued. */
export interface SubmittedBatch {
  readonly transactionId: number;
  readonly txId: TxId;
  readonly nonce: number;
  readonly fee: MicroStx;
  readonly intentIds: readonly string[];
}

export interface SubmitResult {
  readonly batches: readonly SubmittedBatch[];
  /** Intents that wait for room in the lane, or for it to be un-paused; the next pass takes them. */
  readonly waiting: readonly string[];
}

/** What the chain said of a transaction since the last pass. */
export interface ConfirmedBatch {
  readonly transactionId: number;
  readonly txId: TxId;
  readonly height: Height;
  readonly status: MinedStatus;
  readonly fee: MicroStx;
  /** The intents with what became of each, in the order of the entries. */
  readonly entries: readonly { readonly intent: PlannedIntent; readonly result: EntryResult }[];
}

export interface ConfirmReport {
  readonly tip: Height;
  /** Newly confirmed: their intents are settled. */
  readonly confirmed: readonly ConfirmedBatch[];
  /** Transactions that a reorg took out of the chain; they are on their way again. */
  readonly reorged: readonly number[];
  /** Transactions whose nonce a foreign transaction took. */
  readonly superseded: readonly number[];
}

/** The lane as risk needs to know it, as of the last pass. */
export interface LaneStatus {
  readonly operator: Principal;
  readonly chainNonce: number;
  readonly unconfirmed: number;
  /** Batch entries that may still be sent before earlier transactions confirm. */
  readonly entriesLeft: number;
  /** The wallet that pays the fees, less the fees of unconfirmed transactions. */
  readonly balance: MicroStx;
  /** Why the lane sends nothing new; null while it does. */
  readonly paused: string | null;
}

export interface DrainReport {
  /** Transactions on their way, which the next start goes on with. */
  readonly pending: readonly { readonly transactionId: number; readonly nonce: number; readonly state: string }[];
  /** Intents that wait for a nonce. */
  readonly waiting: number;
}

/**
 * The life of transactions on one lane. Every step is a conditional write to the ledger, so it may stop anywhere and go
 * on by `recover`.
 */
export interface Execution {
  /** Takes up what an earlier run left, reads the events it missed, and starts posting. Call once, before all else. */
  recover(): Promise<ConfirmReport>;
  /** Records allowed intents, packs, signs, stores and queues them. A known id is not sent twice. */
  submit(planned: readonly PlannedIntent[], options: { readonly height: Height }): Promise<SubmitResult>;
  /** Asks the chain about all that is under way, once a poll and before the market is read. */
  confirm(): Promise<ConfirmReport>;
  /**
   * Finds our fills among new events, oldest first. `rewoundTo` is the last event that a reorg left standing. Answers
   * the new fills.
   */
  recordEvents(entries: readonly GridLogEntry[], options?: { readonly rewoundTo?: Sequence }): Promise<readonly Fill[]>;
  /** Exposure: intents whose outcome a market view of `seenHeight` cannot show yet. */
  openIntents(options?: { readonly seenHeight?: Height }): Promise<readonly OpenIntent[]>;
  dayTotals(account: Principal, sinceMs: number): Promise<AccountTotals>;
  lane(): LaneStatus;
  /** The expected network fee of one more entry in a batch. */
  feePerEntry(): MicroStx;
  summary(): Promise<LedgerSummary>;
  /** Stops posting, waits for posts in progress, and says what is still under way. */
  drain(options: { readonly deadlineMs: number }): Promise<DrainReport>;
}
