import {
  ClarityVersion,
  makeUnsignedContractCall,
  makeUnsignedContractDeploy,
  PostConditionMode,
  type StacksTransactionWire,
} from '@stacks/transactions';
import { encodeCall, type GridCall, postConditionsFor } from '../contract/index.ts';
import type { MicroStx } from '../core/index.ts';
import { addressOf } from './key.ts';
import { contractParts, type NetworkName, signingNetwork } from './network.ts';

/** What every transaction needs besides its payload. */
export interface TransactionTerms {
  readonly network: NetworkName;
  /** Of the account that will sign, 66 hex digits. */
  readonly publicKey: string;
  readonly nonce: number;
  /** The total fee. */
  readonly fee: MicroStx;
}

export interface CallTerms extends TransactionTerms {
  /** `ADDRESS.name` of the contract. */
  readonly contractId: string;
  readonly call: GridCall;
}

/** A call of the contract, unsigned, in deny mode with the binding's post-conditions. */
export function buildCall({
  network,
  publicKey,
  nonce,
  fee,
  contractId,
  call,
}: CallTerms): Promise<StacksTransactionWire> {
  const [contractAddress, contractName] = contractParts(network, contractId);
  const { functionName, functionArgs } = encodeCall(call);
  return makeUnsignedContractCall({
    contractAddress,
    contractName,
    functionName,
    functionArgs: [...functionArgs],
    postConditions: [...postConditionsFor(call, { caller: addressOf(publicKey, network), contractId })],
    postConditionMode: PostConditionMode.Deny,
    network: signingNetwork(network),
    publicKey,
    nonce,
    fee,
  });
}

export interface DeployTerms extends TransactionTerms {
  readonly contractName: string;
  readonly source: string;
}

/** A deploy in Clarity 4, unsigned. */
export function buildDeploy(terms: DeployTerms): Promise<StacksTransactionWire> {
  const { network, publicKey, nonce, fee, contractName, source } = terms;
  return makeUnsignedContractDeploy({
    contractName,
    codeBody: source,
    clarityVersion: ClarityVersion.Clarity4,
    postConditions: [],
    postConditionMode: PostConditionMode.Deny,
    network: signingNetwork(network),
    publicKey,
    nonce,
    fee,
  });
}
