import { STACKS_TESTNET } from '@stacks/network';
import { ClarityVersion, makeContractCall, makeContractDeploy } from '@stacks/transactions';
import {
  type EntryCall,
  encodeCall,
  type GridCall,
  gridContractSource,
  postConditionsFor,
} from '../../src/contract/index.ts';
import { principal, type TxId, txId } from '../../src/core/index.ts';
import type { TestAccount } from './devnet.ts';

export interface Signed {
  readonly hex: string;
  readonly txId: TxId;
}

/** Signs the deployment of the contract as `account.energy-grid`, offline. */
export async function signGridDeployment(account: TestAccount, nonce: number): Promise<Signed> {
  const transaction = await makeContractDeploy({
    contractName: 'energy-grid',
    codeBody: gridContractSource(),
    clarityVersion: ClarityVersion.Clarity4,
    senderKey: account.privateKey,
    nonce,
    fee: 100_000,
    network: STACKS_TESTNET,
  });
  return { hex: transaction.serialize(), txId: txId(transaction.txid()) };
}

/** Signs one call of the contract, offline, with the post-conditions that belong to it. */
export async function signGridCall(
  account: TestAccount,
  call: GridCall | EntryCall,
  { contractId, nonce, fee = 2_000 }: { readonly contractId: string; readonly nonce: number; readonly fee?: number },
): Promise<Signed> {
  const [contractAddress = '', contractName = ''] = contractId.split('.');
  const { functionName, functionArgs } = encodeCall(call);
  const transaction = await makeContractCall({
    contractAddress,
    contractName,
    functionName,
    functionArgs: [...functionArgs],
    postConditions: [...postConditionsFor(call, { caller: principal(account.address), contractId })],
    senderKey: account.privateKey,
    nonce,
    fee,
    network: STACKS_TESTNET,
  });
  return { hex: transaction.serialize(), txId: txId(transaction.txid()) };
}
