/**
 * The chain as the bot sees it. One adapter (HTTP, in `src/chain`) serves the embedded chain, testnet and mainnet.
 *
 * Left out on purpose: building and signing transactions (the signer's), following the event log in order (the
 * follower's), and any judgement of what an absent transaction means (execution's: absence proves nothing).
 *
 * Every method throws TransientError when no server gave a usable answer in time, and CorruptionError when an answer has
 * not the documented shape. `broadcast` alone never throws for these: an unknown outcome is one of its results.
 */
import type { GridEvent, GridRead } from '../../contract/index.ts';
import type { Height, MicroStx, Principal, TxId } from '../../core/index.ts';

/** What tells one chain from another: a ledger belongs to exactly one. */
export interface ChainIdentity {
  /** 1 on mainnet, 2147483648 on testnet and the embedded chain. */
  readonly chainId: number;
  /** The node's genesis hash, 64 hex digits; new for every fresh embedded chain. */
  readonly genesis: string;
}

export interface ChainTip {
  readonly height: Height;
  /** Names the block and its whole history, 64 hex digits. */
  readonly indexBlockHash: string;
}

export interface AccountState {
  /** The next nonce by confirmed transactions alone. */
  readonly nonce: number;
  /** Unlocked confirmed balance. */
  readonly balance: MicroStx;
}

/** The node's rejection reasons, with an arm for those it may learn to give later. */
export type RejectionReason =
  | 'Serialization'
  | 'Deserialization'
  | 'BadTransactionVersion'
  | 'TransferRecipientCannotEqualSender'
  | 'TransferAmountMustBePositive'
  | 'SignatureValidation'
  | 'FeeTooLow'
  | 'BadNonce'
  | 'TooMuchChaining'
  | 'NotEnoughFunds'
  | 'NoSuchContract'
  | 'NoSuchPublicFunction'
  | 'BadFunctionArgument'
  | 'ContractAlreadyExists'
  | 'ConflictingNonceInMempool'
  | 'BadAddressVersionByte'
  | 'PoisonMicroblocksDoNotConflict'
  | 'PoisonMicroblockHasUnknownPubKeyHash'
  | 'PoisonMicroblockIsInvalid'
  | 'NoCoinbaseViaMempool'
  | 'NoTenureChangeViaMempool'
  | 'TemporarilyBlacklisted'
  | 'EstimatorError'
  | 'ServerFailureNoSuchChainTip'
  | 'ServerFailureDatabase'
  | 'ServerFailureOther'
  | 'Unknown';

export type BroadcastOutcome =
  /** The node has it in its mempool, or had it already; not yet proof that it will be mined. */
  | { readonly kind: 'accepted'; readonly txId: TxId }
  | {
      readonly kind: 'rejected';
      readonly reason: RejectionReason;
      /** One line for people, with the node's own data. */
      readonly message: string;
      /** The node's `expected` and `actual` where it gives them (nonces, fees, µSTX). */
      readonly expected: bigint | null;
      readonly actual: bigint | null;
    }
  /** Timeout, connection failure, 429, 5xx, unreadable answer: the bytes may or may not have arrived. */
  | { readonly kind: 'unknown'; readonly cause: string; readonly retryAfterMs: number | null };

export type MinedStatus = 'success' | 'abort_by_response' | 'abort_by_post_condition' | 'problematic_skipped';

export type TransactionStatus =
  /** No server knows it (404). Proves nothing. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'mempool' }
  /** One node or the indexer dropped it. Proves nothing either: it may come back. */
  | { readonly kind: 'dropped'; readonly status: string }
  | {
      readonly kind: 'mined';
      readonly status: MinedStatus;
      readonly height: Height;
      /** Of the block that holds it; compare again later to notice a reorg. */
      readonly indexBlockHash: string;
      /** The call's answer as serialized Clarity hex, without `0x`. */
      readonly resultHex: string;
      /** Fee taken, also from an aborted transaction. */
      readonly fee: MicroStx;
    };

/** One print of the contract with its place on the chain. */
export interface GridLogEntry {
  readonly event: GridEvent;
  /** The event's consensus bytes as hex without `0x`: what the digest chains. */
  readonly hex: string;
  readonly txId: TxId;
  readonly height: Height;
}

export interface GridLogPage {
  /** Newest first, as the indexer gives them. */
  readonly entries: readonly GridLogEntry[];
  /** Fetches the next older page; null on the oldest. */
  readonly olderCursor: string | null;
}

export interface ChainPort {
  identity(): Promise<ChainIdentity>;
  tip(): Promise<ChainTip>;
  /**
   * An account at the latest tip, or at the block of that index block hash.
   *
   * @throws TransientError where the node does not know the block.
   */
  account(address: Principal, options?: { readonly tip?: string }): Promise<AccountState>;
  /**
   * Nonces of the account's transactions in the indexer's mempool, ascending: a hint, never a proof. Of an account
   * without any confirmed transaction the indexer tells only the highest.
   */
  pendingNonces(address: Principal): Promise<readonly number[]>;
  /**
   * Calls a read-only function of the contract, at the latest tip or at the block of that index block hash.
   *
   * @throws RejectedError when the call itself is refused, as where there is no such contract; TransientError where the
   * node does not know the block.
   */
  read<Answer>(read: GridRead<Answer>, options?: { readonly tip?: string }): Promise<Answer>;
  /** The contract's source as deployed, or null where there is no such contract. */
  contractSource(): Promise<string | null>;
  /** Posts signed bytes (hex). Posting the same bytes again is harmless. */
  broadcast(txHex: string): Promise<BroadcastOutcome>;
  /** The state of each of `ids`; batched, so that polling twenty costs one request. */
  transactions(ids: readonly TxId[]): Promise<ReadonlyMap<TxId, TransactionStatus>>;
  /**
   * The contract's prints, newest first, at most 50 a page. One request, and a second one for the heights where the page
   * holds several transactions and does not lie in one block.
   *
   * @throws RejectedError where the indexer does not know `cursor`, as after a reorg.
   */
  logs(options?: { readonly cursor?: string; readonly limit?: number }): Promise<GridLogPage>;
  /** The index block hash of the canonical block at a height, or null above the tip: to verify an inclusion. */
  blockHashAt(height: Height): Promise<string | null>;
  /** µSTX per byte that the node suggests. */
  feeRate(): Promise<number>;
  /** HTTP requests made so far, retries included. */
  requestCount(): number;
}
