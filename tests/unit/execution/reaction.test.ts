import { describe, expect, test } from 'vitest';
import type { BroadcastOutcome, RejectionReason } from '../../../src/execution/index.ts';
import { reactionTo } from '../../../src/execution/reaction.ts';

/** The rule of docs/transactions.md for each reason that a node can give. */
const rules: Readonly<Record<RejectionReason, string>> = {
  BadNonce: 'look up, taken by a block',
  ConflictingNonceInMempool: 'look up, held in a mempool',
  TooMuchChaining: 'again',
  EstimatorError: 'again',
  ServerFailureDatabase: 'again',
  ServerFailureNoSuchChainTip: 'again',
  ServerFailureOther: 'again',
  Unknown: 'again',
  FeeTooLow: 'raise',
  TemporarilyBlacklisted: 'raise',
  BadFunctionArgument: 'cancel',
  NotEnoughFunds: 'pause',
  NoSuchContract: 'pause',
  NoSuchPublicFunction: 'pause',
  ContractAlreadyExists: 'pause',
  SignatureValidation: 'pause',
  Serialization: 'pause',
  Deserialization: 'pause',
  BadTransactionVersion: 'pause',
  BadAddressVersionByte: 'pause',
  TransferRecipientCannotEqualSender: 'pause',
  TransferAmountMustBePositive: 'pause',
  PoisonMicroblocksDoNotConflict: 'pause',
  PoisonMicroblockHasUnknownPubKeyHash: 'pause',
  PoisonMicroblockIsInvalid: 'pause',
  NoCoinbaseViaMempool: 'pause',
  NoTenureChangeViaMempool: 'pause',
};

function ruleFor(outcome: BroadcastOutcome): string {
  const reaction = reactionTo(outcome);
  switch (reaction.kind) {
    case 'lookUp':
      return reaction.holder === 'block' ? 'look up, taken by a block' : 'look up, held in a mempool';
    case 'raiseFee':
      return 'raise';
    default:
      return reaction.kind;
  }
}

describe('reactionTo', () => {
  test.each(Object.entries(rules))('%s: %s', (reason, rule) => {
    const rejected = { kind: 'rejected', message: '', expected: null, actual: null } as const;
    expect(ruleFor({ ...rejected, reason: reason as RejectionReason })).toBe(rule);
  });

  test('an unknown outcome means the same bytes again, after as long as the server asked for', () => {
    expect(reactionTo({ kind: 'unknown', cause: 'timeout', retryAfterMs: null })).toMatchObject({ kind: 'again' });
    expect(reactionTo({ kind: 'unknown', cause: '429', retryAfterMs: 7_000 })).toMatchObject({ afterMs: 7_000 });
  });
});
