import { isSingleSig, PostConditionMode, type SpendingCondition } from '@stacks/transactions';
import type { Accounts } from './accounts.ts';
import type { Contracts } from './contracts.ts';
import { CLARITY_VERSIONS, type Epoch } from './genesis.ts';
import type { Mempool } from './mempool.ts';
import { isTestnetAddress, MAX_CHAINING, TESTNET_CHAIN_ID, TESTNET_TRANSACTION_VERSION } from './network.ts';
import type { Transaction } from './transaction.ts';
import { admits } from './vm/abi.ts';

/** The node's words for why it refuses a transaction. Source: stacks-core, MemPoolRejection::into_json. */
export const REJECTION_REASONS = [
  'Serialization',
  'Deserialization',
  'BadTransactionVersion',
  'TransferRecipientCannotEqualSender',
  'TransferAmountMustBePositive',
  'SignatureValidation',
  'FeeTooLow',
  'BadNonce',
  'TooMuchChaining',
  'NotEnoughFunds',
  'NoSuchContract',
  'NoSuchPublicFunction',
  'BadFunctionArgument',
  'ContractAlreadyExists',
  'ConflictingNonceInMempool',
  'BadAddressVersionByte',
  'PoisonMicroblocksDoNotConflict',
  'PoisonMicroblockHasUnknownPubKeyHash',
  'PoisonMicroblockIsInvalid',
  'NoCoinbaseViaMempool',
  'NoTenureChangeViaMempool',
  'TemporarilyBlacklisted',
  'EstimatorError',
  'ServerFailureNoSuchChainTip',
  'ServerFailureDatabase',
  'ServerFailureOther',
] as const;

/** Why a transaction is not admitted. */
export interface Rejection {
  readonly reason: (typeof REJECTION_REASONS)[number];
  readonly reason_data?: Readonly<Record<string, string | number | boolean>>;
}

export interface AdmissionDeps {
  readonly accounts: Accounts;
  readonly contracts: Contracts;
  readonly mempool: Mempool;
  readonly epoch: Epoch;
}

type Check = (deps: AdmissionDeps, transaction: Transaction) => Rejection | undefined;

/** The node's checks in the node's order. Source: stacks-core, chainstate/stacks/db/blocks.rs, can_admit_mempool_semantic. */
const CHECKS: readonly Check[] = [
  transactionVersion,
  transferParties,
  signature,
  lowS,
  chainId,
  minimumFee,
  supportedHere,
  nonceWindow,
  addressVersions,
  funds,
  miningOnly,
  calledFunction,
  newContract,
  mempoolConflict,
];

/** The first reason against `transaction`, or `undefined` when the mempool takes it. */
export function rejectionOf(deps: AdmissionDeps, transaction: Transaction): Rejection | undefined {
  for (const check of CHECKS) {
    const rejection = check(deps, transaction);
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

const signatureValidation = (message: string): Rejection => ({
  reason: 'SignatureValidation',
  reason_data: { message },
});
const otherFailure = (message: string): Rejection => ({ reason: 'ServerFailureOther', reason_data: { message } });

function transactionVersion(_: AdmissionDeps, { wire }: Transaction): Rejection | undefined {
  return wire.transactionVersion === TESTNET_TRANSACTION_VERSION ? undefined : { reason: 'BadTransactionVersion' };
}

function transferParties(_: AdmissionDeps, { payload, sender }: Transaction): Rejection | undefined {
  if (payload.kind !== 'token_transfer') return undefined;
  const { recipient, amount } = payload;
  if (recipient === sender) return { reason: 'TransferRecipientCannotEqualSender', reason_data: { recipient } };
  if (amount === 0n) return { reason: 'TransferAmountMustBePositive' };
  return isTestnetAddress(recipient) ? undefined : { reason: 'BadAddressVersionByte' };
}

function signature(_: AdmissionDeps, { wire, sponsored }: Transaction): Rejection | undefined {
  // A sponsored transaction is refused further down whatever its signatures are.
  if (sponsored) return undefined;
  try {
    wire.verifyOrigin();
    return undefined;
  } catch (error) {
    return signatureValidation(error instanceof Error ? error.message : String(error));
  }
}

/** Half the order of secp256k1: an `s` above it is the malleable twin of another signature. */
const HALF_ORDER = '7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0';
const S_OFFSET = 2 + 64;

function lowS(_: AdmissionDeps, { wire }: Transaction): Rejection | undefined {
  const high = signaturesOf(wire.auth.spendingCondition).some((vrs) => vrs.slice(S_OFFSET) > HALF_ORDER);
  return high ? signatureValidation('Signature is not low-S') : undefined;
}

function signaturesOf(condition: SpendingCondition): string[] {
  if (isSingleSig(condition)) return [condition.signature.data];
  return condition.fields.flatMap(({ contents }) => (typeof contents.data === 'string' ? [contents.data] : []));
}

function chainId(_: AdmissionDeps, { wire }: Transaction): Rejection | undefined {
  if (Number(wire.chainId) === TESTNET_CHAIN_ID) return undefined;
  return signatureValidation(`Transaction has chain id ${wire.chainId}, expected ${TESTNET_CHAIN_ID}`);
}

function minimumFee(_: AdmissionDeps, { raw, fee }: Transaction): Rejection | undefined {
  if (fee >= BigInt(raw.length)) return undefined;
  return { reason: 'FeeTooLow', reason_data: { expected: raw.length, actual: Number(fee) } };
}

function supportedHere({ epoch }: AdmissionDeps, { payload, mode, sponsored }: Transaction): Rejection | undefined {
  if (sponsored) return otherFailure('Sponsored transactions are not supported by the embedded chain');
  const tooNew =
    (mode === PostConditionMode.Originator && epoch === '3.3') ||
    (payload.kind === 'smart_contract' && (payload.clarityVersion ?? 1) > CLARITY_VERSIONS[epoch]);
  return tooNew ? otherFailure('Transaction is not supported in this epoch') : undefined;
}

function nonceWindow({ accounts }: AdmissionDeps, { sender, nonce }: Transaction): Rejection | undefined {
  const next = accounts.get(sender).nonce;
  const whose = { principal: sender, is_origin: true };
  if (nonce < next) return { reason: 'BadNonce', reason_data: { expected: next, actual: nonce, ...whose } };
  const highest = next + 1 + MAX_CHAINING;
  if (nonce <= highest) return undefined;
  const message = 'Nonce would exceed chaining limit in mempool';
  return { reason: 'TooMuchChaining', reason_data: { message, expected: highest, actual: nonce, ...whose } };
}

function addressVersions(_: AdmissionDeps, { payload }: Transaction): Rejection | undefined {
  if (payload.kind !== 'contract_call' || isTestnetAddress(payload.contract)) return undefined;
  return { reason: 'BadAddressVersionByte' };
}

function funds({ accounts }: AdmissionDeps, { payload, sender, fee }: Transaction): Rejection | undefined {
  const needed = payload.kind === 'token_transfer' ? payload.amount + fee : fee;
  const { balance } = accounts.get(sender);
  if (balance >= needed) return undefined;
  return { reason: 'NotEnoughFunds', reason_data: { expected: u128Hex(needed), actual: u128Hex(balance) } };
}

/** `amount` as the node writes 128-bit numbers: `0x` and 32 hex digits. */
export const u128Hex = (amount: bigint): string => `0x${amount.toString(16).padStart(32, '0')}`;

function miningOnly(_: AdmissionDeps, { payload }: Transaction): Rejection | undefined {
  if (payload.kind !== 'unsupported') return undefined;
  switch (payload.type) {
    case 'coinbase':
      return { reason: 'NoCoinbaseViaMempool' };
    case 'tenure_change':
      return { reason: 'NoTenureChangeViaMempool' };
    case 'poison':
      return { reason: 'PoisonMicroblockIsInvalid' };
  }
}

function calledFunction({ contracts }: AdmissionDeps, { payload }: Transaction): Rejection | undefined {
  if (payload.kind !== 'contract_call') return undefined;
  const contract = contracts.get(payload.contract);
  if (contract === undefined) return { reason: 'NoSuchContract' };
  const abi = contract.abi.functions.find(({ name }) => name === payload.functionName);
  if (abi?.access !== 'public') return { reason: 'NoSuchPublicFunction' };
  const badArgument = (message: string): Rejection => ({ reason: 'BadFunctionArgument', reason_data: { message } });
  const { args } = payload;
  if (args.length !== abi.args.length) return badArgument(`IncorrectArgumentCount(${abi.args.length}, ${args.length})`);
  for (const [index, { name, type }] of abi.args.entries()) {
    const argument = args[index];
    if (argument === undefined || !admits(type, argument)) {
      return badArgument(`TypeValueError(argument "${name}", expected ${JSON.stringify(type)})`);
    }
  }
  return undefined;
}

function newContract({ contracts }: AdmissionDeps, { payload, sender }: Transaction): Rejection | undefined {
  if (payload.kind !== 'smart_contract') return undefined;
  const contract_identifier = `${sender}.${payload.name}`;
  if (!contracts.has(contract_identifier)) return undefined;
  return { reason: 'ContractAlreadyExists', reason_data: { contract_identifier } };
}

function mempoolConflict({ mempool }: AdmissionDeps, { sender, nonce, fee }: Transaction): Rejection | undefined {
  const pending = mempool.at(sender, nonce);
  if (pending === undefined || fee > pending.transaction.fee) return undefined;
  return { reason: 'ConflictingNonceInMempool' };
}
