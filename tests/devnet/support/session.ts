import { createNetwork, type StacksNetwork } from '@stacks/network';
import {
  type ClarityValue,
  makeContractCall,
  makeContractDeploy,
  makeSTXTokenTransfer,
  type PostCondition,
  type PostConditionModeName,
  type StacksTransactionWire,
} from '@stacks/transactions';
import { type TestAccount, type TestDevnet, testAccount } from '../../support/devnet.ts';
import { SAMPLE_NAME, SAMPLE_SOURCE } from './sample-contract.ts';

const owner = testAccount(0);
export const SAMPLE_ID = `${owner.address}.${SAMPLE_NAME}`;

export interface CallOptions {
  readonly nonce: number;
  readonly fee?: number;
  readonly contractName?: string;
  readonly contractAddress?: string;
  readonly network?: StacksNetwork;
  readonly postConditions?: PostCondition[];
  readonly postConditionMode?: PostConditionModeName;
}

export const DEFAULT_FEE = 1000;

/** Raw HTTP and signed transactions against one chain: what a test says is what goes over the wire. */
export class Session {
  readonly devnet: TestDevnet;
  readonly network: StacksNetwork;

  constructor(devnet: TestDevnet) {
    this.devnet = devnet;
    this.network = createNetwork({ network: 'testnet', client: { baseUrl: devnet.url } });
  }

  call(sender: TestAccount, functionName: string, functionArgs: ClarityValue[], options: CallOptions) {
    return makeContractCall({
      contractAddress: owner.address,
      contractName: SAMPLE_NAME,
      functionName,
      functionArgs,
      senderKey: sender.privateKey,
      network: this.network,
      fee: DEFAULT_FEE,
      postConditionMode: 'allow',
      ...options,
    });
  }

  transfer(sender: TestAccount, recipient: string, amount: bigint, nonce: number, fee = DEFAULT_FEE) {
    return makeSTXTokenTransfer({
      recipient,
      amount,
      senderKey: sender.privateKey,
      network: this.network,
      fee,
      nonce,
      memo: 'for energy',
    });
  }

  deploy(sender: TestAccount, contractName: string, codeBody: string, nonce: number, clarityVersion?: 3 | 4 | 6) {
    return makeContractDeploy({
      contractName,
      codeBody,
      senderKey: sender.privateKey,
      network: this.network,
      fee: 5000,
      nonce,
      postConditionMode: 'allow',
      ...(clarityVersion === undefined ? {} : { clarityVersion }),
    });
  }

  /** Deploys the sample contract from account 0 with nonce 0 and mines it. */
  async deploySample(): Promise<void> {
    await this.post(await this.deploy(owner, SAMPLE_NAME, SAMPLE_SOURCE, 0));
    await this.devnet.mine();
  }

  /** POSTs as stacks.js does; answers with status and JSON. */
  async post(transaction: StacksTransactionWire | string): Promise<{ status: number; body: unknown }> {
    const tx = typeof transaction === 'string' ? transaction : transaction.serialize();
    const response = await this.fetch('/v2/transactions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tx }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.devnet.url}${path}`, init);
  }

  async json<Body>(path: string): Promise<Body> {
    const response = await this.fetch(path);
    if (!response.ok) throw new Error(`expected ${path} to answer 200, was ${response.status}`);
    return (await response.json()) as Body;
  }

  async read(functionName: string, args: readonly string[] = [], tip?: string) {
    const query = tip === undefined ? '' : `?tip=${tip}`;
    const [address, name] = SAMPLE_ID.split('.');
    const response = await this.fetch(
      `/v2/contracts/call-read/${address}/${name}/${encodeURIComponent(functionName)}${query}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sender: owner.address, arguments: args }),
      },
    );
    return { status: response.status, text: await response.text() };
  }

  async account(address: string): Promise<{ balance: bigint; nonce: number }> {
    const { balance, nonce } = await this.json<{ balance: string; nonce: number }>(`/v2/accounts/${address}?proof=0`);
    return { balance: BigInt(balance), nonce };
  }

  /** The v3 form of a transaction with all its fields; `status` tells what became of it. */
  async transaction(txid: string) {
    return this.json<{
      status: string;
      vm_error: string | null;
      event_count: number;
      block?: { height: number; tx_index: number };
      result?: { hex: string; repr: string };
      replaced_by_tx_id?: string | null;
    }>(`/extended/v3/transactions/0x${txid}?include=result,function_args,post_conditions`);
  }
}
