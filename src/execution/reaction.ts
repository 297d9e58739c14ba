import type { BroadcastOutcome, RejectionReason } from './ports/chain.ts';

/** What to do after a POST; none of them ever gives a transaction up. */
export type Reaction =
  /** A node has the bytes. */
  | { readonly kind: 'accepted' }
  /** The same bytes again, after `retryMs` × `patience`. */
  | { readonly kind: 'again'; readonly patience: number; readonly afterMs: number | null }
  /** Someone holds or took the nonce: find out whether it is one of our own attempts before judging. */
  | { readonly kind: 'lookUp'; readonly holder: 'mempool' | 'block' }
  /** The node wants more, or does not want these bytes: another attempt of the same nonce. */
  | { readonly kind: 'raiseFee' }
  /** No node will ever take this call: an attempt that does nothing takes its nonce. */
  | { readonly kind: 'cancel' }
  /** The same bytes again much later, and nothing new on this lane until a person has looked. */
  | { readonly kind: 'pause' };

const again = (patience: number): Reaction => ({ kind: 'again', patience, afterMs: null });
const pause: Reaction = { kind: 'pause' };

/** One written rule for each reason a node can give. */
const reactions: Readonly<Record<RejectionReason, Reaction>> = {
  BadNonce: { kind: 'lookUp', holder: 'block' },
  ConflictingNonceInMempool: { kind: 'lookUp', holder: 'mempool' },
  TooMuchChaining: again(2),
  EstimatorError: again(1),
  ServerFailureDatabase: again(1),
  ServerFailureNoSuchChainTip: again(1),
  ServerFailureOther: again(1),
  Unknown: again(2),
  FeeTooLow: { kind: 'raiseFee' },
  // Bars these very bytes, for up to two days: other bytes pass.
  TemporarilyBlacklisted: { kind: 'raiseFee' },
  NotEnoughFunds: pause,
  // The node may be behind; if not, nothing that we can send on this lane will do better.
  NoSuchContract: pause,
  NoSuchPublicFunction: pause,
  // A contract never changes: neither does this answer.
  BadFunctionArgument: { kind: 'cancel' },
  ContractAlreadyExists: pause,
  // The wrong network or a defect.
  SignatureValidation: pause,
  Serialization: pause,
  Deserialization: pause,
  BadTransactionVersion: pause,
  BadAddressVersionByte: pause,
  TransferRecipientCannotEqualSender: pause,
  TransferAmountMustBePositive: pause,
  PoisonMicroblocksDoNotConflict: pause,
  PoisonMicroblockHasUnknownPubKeyHash: pause,
  PoisonMicroblockIsInvalid: pause,
  NoCoinbaseViaMempool: pause,
  NoTenureChangeViaMempool: pause,
};

/** What to do after a POST with this outcome. */
export function reactionTo(outcome: BroadcastOutcome): Reaction {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'unknown':
      return { kind: 'again', patience: 1, afterMs: outcome.retryAfterMs };
    case 'rejected':
      return reactions[outcome.reason];
  }
}
