import {
  AddressHashMode,
  AuthType,
  addressToString,
  ClarityVersion,
  type ContractCallPayload,
  deserializeTransaction,
  isSingleSig,
  PayloadType,
  PostConditionMode,
  PubKeyEncoding,
  postConditionToHex,
  type StacksTransactionWire,
  serializePostConditionWire,
} from '@stacks/transactions';
import { decodeCall, type EntryCall, type GridCall, postConditionsFor } from '../contract/index.ts';
import { BaseError, type MicroStx, type Principal, RejectedError } from '../core/index.ts';
import { addressOfHash, type NetworkName, signingNetwork } from './network.ts';

/** What a signer agrees to put its name under. */
export interface SigningPolicy {
  readonly network: NetworkName;
  /** `ADDRESS.name` of the one contract that may be called. */
  readonly contractId: string;
  /** The highest total fee of one transaction. */
  readonly feeCap: MicroStx;
  /**
   * `batches`: what a trading operator needs and nothing more, so that a stolen request cannot withdraw or delegate.
   * `every`: all calls of the contract, and its deploy.
   *
   * @default 'batches'
   */
  readonly calls?: 'batches' | 'every' | undefined;
}

const batchCalls: readonly (GridCall | EntryCall)['kind'][] = ['buyEnergyFor', 'tradeEnergyFor', 'cancelTradeFor'];

/** The code of the RejectedError when a policy forbids to sign. */
export type PolicyCode =
  | 'authorization'
  | 'signer'
  | 'network'
  | 'nonce'
  | 'feeCap'
  | 'payload'
  | 'contract'
  | 'function'
  | 'arguments'
  | 'postConditionMode'
  | 'postConditions';

const refuse = (code: PolicyCode, expected: string, actual: unknown): RejectedError =>
  new RejectedError(`expected ${expected}, was ${actual}: not signed`, { code });

/** A transaction that a policy allows, and who is to sign it. */
export interface AllowedTransaction {
  readonly transaction: StacksTransactionWire;
  readonly signer: Principal;
}

/**
 * Decodes unsigned bytes and holds all that they would do against the policy.
 *
 * @throws RejectedError naming the first value that the policy forbids.
 */
export function allowedTransaction(unsignedHex: string, policy: SigningPolicy): AllowedTransaction {
  const transaction = decode(unsignedHex);
  const signer = signerOf(transaction, policy);
  assertTerms(transaction, policy);
  const { payload } = transaction;
  switch (payload.payloadType) {
    case PayloadType.ContractCall:
      assertCall(transaction, payload, { signer, policy });
      break;
    case PayloadType.VersionedSmartContract: {
      const { calls, contractId } = policy;
      if (calls !== 'every') throw refuse('payload', 'a contract call', 'a deploy');
      const deployed = `${signer}.${payload.contractName.content}`;
      if (deployed !== contractId) throw refuse('contract', `a deploy of ${contractId}`, deployed);
      if (payload.clarityVersion !== ClarityVersion.Clarity4) {
        throw refuse('payload', 'a deploy in Clarity 4', `one in Clarity ${payload.clarityVersion}`);
      }
      assertPostConditions(transaction, []);
      break;
    }
    default:
      throw refuse('payload', 'a contract call', `a payload of type ${payload.payloadType}`);
  }
  return { transaction, signer };
}

function decode(unsignedHex: string): StacksTransactionWire {
  try {
    return deserializeTransaction(unsignedHex);
  } catch {
    throw refuse('payload', 'the bytes of a transaction', `${unsignedHex.length / 2} other bytes`);
  }
}

function signerOf(transaction: StacksTransactionWire, { network }: SigningPolicy): Principal {
  const { authType, spendingCondition } = transaction.auth;
  const { hashMode, signer } = spendingCondition;
  const keyEncoding = isSingleSig(spendingCondition) ? spendingCondition.keyEncoding : 'none';
  const isPlain = authType === AuthType.Standard && hashMode === AddressHashMode.P2PKH;
  if (!isPlain || keyEncoding !== PubKeyEncoding.Compressed) {
    const was = `authorization ${authType}, hash mode ${hashMode}, key encoding ${keyEncoding}`;
    throw refuse('authorization', 'one plain signature', was);
  }
  return addressOfHash(signer, network);
}

function assertTerms(transaction: StacksTransactionWire, { network, feeCap }: SigningPolicy): void {
  const { chainId, transactionVersion } = signingNetwork(network);
  if (transaction.chainId !== chainId) throw refuse('network', `chain id ${chainId}`, transaction.chainId);
  if (transaction.transactionVersion !== transactionVersion) {
    throw refuse('network', `transaction version ${transactionVersion}`, transaction.transactionVersion);
  }
  const { fee, nonce } = transaction.auth.spendingCondition;
  if (nonce > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse('nonce', 'a nonce below 2^53', nonce);
  if (fee > BigInt(feeCap)) throw refuse('feeCap', `a fee of at most ${feeCap} µSTX`, `${fee} µSTX`);
  if (transaction.postConditionMode !== PostConditionMode.Deny) {
    throw refuse('postConditionMode', 'post-conditions in deny mode', `mode ${transaction.postConditionMode}`);
  }
}

function assertCall(
  transaction: StacksTransactionWire,
  payload: ContractCallPayload,
  { signer, policy }: { readonly signer: Principal; readonly policy: SigningPolicy },
): void {
  const { contractId, calls = 'batches' } = policy;
  const called = `${addressToString(payload.contractAddress)}.${payload.contractName.content}`;
  if (called !== contractId) throw refuse('contract', `a call of ${contractId}`, called);
  const call = decodeArguments(payload);
  if (calls === 'batches' && !batchCalls.includes(call.kind)) {
    throw refuse('function', `a call out of ${batchCalls.join(', ')}`, call.kind);
  }
  assertPostConditions(
    transaction,
    postConditionsFor(call, { caller: signer, contractId }).map((condition) => postConditionToHex(condition)),
  );
}

function decodeArguments({ functionName, functionArgs }: ContractCallPayload): GridCall | EntryCall {
  try {
    return decodeCall(functionName.content, functionArgs);
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    throw new RejectedError(`${error.message}: not signed`, { code: 'arguments' satisfies PolicyCode });
  }
}

function assertPostConditions({ postConditions }: StacksTransactionWire, expected: readonly string[]): void {
  const actual = postConditions.values.map((condition) => serializePostConditionWire(condition));
  if (actual.join() === expected.join()) return;
  throw refuse('postConditions', `the post-conditions [${expected}]`, `[${actual}]`);
}
