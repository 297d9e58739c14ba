export type { ExecutionConfig, FeePolicy, LeaseConfig } from './config.ts';
export type { ConfirmedBatch, ConfirmReport } from './confirm.ts';
export type { ExecutionDependencies } from './dependencies.ts';
export { createExecution, type DrainReport, type Execution, type LaneStatus } from './execution.ts';
export type {
  AccountState,
  BroadcastOutcome,
  ChainIdentity,
  ChainPort,
  ChainTip,
  GridLogEntry,
  GridLogPage,
  MinedStatus,
  RejectionReason,
  TransactionStatus,
} from './ports/chain.ts';
export type { AcquireParameters, LaneLease, LaneLedger, LedgerPort, LedgerReads } from './ports/ledger.ts';
export type {
  AccountTotals,
  AuditRow,
  EntryResult,
  Fill,
  FillTotals,
  IntentRecord,
  IntentState,
  LaneHalt,
  LaneRecord,
  LedgerBinding,
  LedgerSummary,
  Listing,
  PricedFillTotals,
  TurnCounts,
} from './ports/ledger-records.ts';
export type { Job, JobData, JobHandler, JobOutcome, QueueCounts, QueuePort, QueueWorker } from './ports/queue.ts';
export type { PruneCounts, PruneParameters } from './ports/retention.ts';
export type { SignedTransaction, SignerPort, SignRequest } from './ports/signer.ts';
export type { Attempt, Inclusion, Transaction, TransactionState } from './ports/transaction.ts';
export { type ReconcileReport, reconcile } from './reconcile.ts';
export type { CancelReport } from './replace.ts';
export type { SubmitResult, SubmittedBatch } from './submit.ts';
