import {
  addressToString,
  deserializeTransaction,
  PayloadType,
  PostConditionMode,
  type StacksTransactionWire,
} from '@stacks/transactions';
import { encodeCall, type GridCall } from '../contract/index.ts';
import { type MicroStx, RejectedError } from '../core/index.ts';
import { type NetworkName, signingNetwork } from './network.ts';

/** What a signer agrees to put its name under. */
export interface SigningPolicy {
  readonly network: NetworkName;
  /** `ADDRESS.name` of the one contract that may be called. */
  readonly contractId: string;
  /** The highest total fee of one transaction. */
  readonly feeCap: MicroStx;
}

/** The code of the RejectedError when a policy forbids to sign. */
export type PolicyCode = 'feeCap' | 'network' | 'contract' | 'function' | 'postConditionMode' | 'fee';

const refuse = (code: PolicyCode, what: string, expected: string, actual: string): RejectedError =>
  new RejectedError(`expected ${what} ${expected}, was ${actual}: not signed`, { code });

/** @throws RejectedError when the fee is above the cap. */
export function assertFee(fee: MicroStx, feeCap: MicroStx): void {
  if (fee > feeCap) throw refuse('feeCap', 'a fee of at most', `${feeCap} µSTX`, `${fee} µSTX`);
}

/**
 * Holds the bytes about to leave the signer against its policy: they are decoded afresh, so that a defect in building
 * them cannot slip through.
 *
 * @throws RejectedError naming what differs.
 */
export function assertSigned(hex: string, call: GridCall, fee: MicroStx, policy: SigningPolicy): void {
  const transaction = deserializeTransaction(hex);
  assertEnvelope(transaction, fee, policy);
  const { payload } = transaction;
  if (payload.payloadType !== PayloadType.ContractCall) {
    throw refuse('contract', 'a contract call', '', `a payload of type ${payload.payloadType}`);
  }
  const contract = `${addressToString(payload.contractAddress)}.${payload.contractName.content}`;
  if (contract !== policy.contractId) throw refuse('contract', 'a call of', policy.contractId, contract);
  const { functionName } = encodeCall(call);
  if (payload.functionName.content !== functionName) {
    throw refuse('function', 'a call of', functionName, payload.functionName.content);
  }
}

/** The checks that calls and deploys share. @throws RejectedError naming what differs. */
export function assertEnvelope(
  transaction: StacksTransactionWire,
  fee: MicroStx,
  policy: Pick<SigningPolicy, 'network' | 'feeCap'>,
): void {
  const { chainId, transactionVersion } = signingNetwork(policy.network);
  if (transaction.chainId !== chainId || transaction.transactionVersion !== transactionVersion) {
    throw refuse('network', 'chain id', String(chainId), String(transaction.chainId));
  }
  if (transaction.postConditionMode !== PostConditionMode.Deny) {
    throw refuse('postConditionMode', 'post-conditions in', 'deny mode', `mode ${transaction.postConditionMode}`);
  }
  const signedFee = transaction.auth.spendingCondition.fee;
  if (signedFee !== BigInt(fee)) throw refuse('fee', 'a fee of', `${fee} µSTX`, `${signedFee} µSTX`);
  assertFee(fee, policy.feeCap);
}
