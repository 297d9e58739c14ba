import type { PostCondition, StacksTransactionWire } from '@stacks/transactions';
import { type GridCall, postConditionsFor } from '../../contract/index.ts';
import { ConfigError, type MicroStx, microStx, type Principal } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import {
  addressOf,
  buildCall,
  buildDeploy,
  contractParts,
  type NetworkName,
  signingNetwork,
} from '../../signer/index.ts';
import { describeCall, spentBy } from './describe-call.ts';

/** The contract on its chain. */
export interface WalletTarget {
  readonly chain: ChainPort;
  readonly network: NetworkName;
  /** `ADDRESS.energy-grid` */
  readonly contractId: string;
}

export type TransactionContent =
  | { readonly kind: 'call'; readonly call: GridCall }
  | { readonly kind: 'deploy'; readonly source: string };

/** A transaction with all but its signature, and what its signer should know of it. */
export interface PreparedTransaction {
  readonly content: TransactionContent;
  readonly sender: Principal;
  readonly publicKey: string;
  readonly nonce: number;
  readonly fee: MicroStx;
  /** Hex without `0x`, for any wallet. */
  readonly unsignedHex: string;
  /** What it does, one line each. */
  readonly lines: readonly string[];
  /** What may move, in words, one line each. */
  readonly postConditions: readonly string[];
  /** µSTX that leave the sender's wallet, fee included. */
  readonly cost: bigint;
  /** The sender's confirmed balance. */
  readonly balance: MicroStx;
}

export interface SenderTerms {
  /** Of the account that signs, 66 hex digits. */
  readonly publicKey: string;
  /** The total fee; absent: by size and the node's rate. */
  readonly fee?: MicroStx | undefined;
  /** The highest fee that is chosen without being asked for. */
  readonly feeCap: MicroStx;
  /** Absent: the first that no known transaction uses. */
  readonly nonce?: number | undefined;
}

/** A node admits 1 µSTX per byte; what is a little above is not the first to be left out of a full block. */
const MIN_FEE_RATE = 1.2;
const MIN_FEE = 300;

/**
 * Prepares a call of the contract.
 *
 * @throws ConfigError when chain, contract or fee are not what the command was told; TransientError when no node answers.
 */
export async function prepareCall(
  target: WalletTarget,
  call: GridCall,
  terms: SenderTerms,
): Promise<PreparedTransaction> {
  await assertContract(target);
  const { network, contractId } = target;
  const sender = addressOf(terms.publicKey, network);
  const conditions = postConditionsFor(call, { caller: sender, contractId });
  return prepare(target, terms, {
    content: { kind: 'call', call },
    lines: [`call ${contractId}`, describeCall(call)],
    postConditions: conditions.map(describePostCondition),
    spent: spentBy(call),
    build: (nonce, fee) => buildCall({ network, contractId, call, publicKey: terms.publicKey, nonce, fee }),
  });
}

/**
 * Prepares the deploy of the contract by the account that its id names.
 *
 * @throws ConfigError and TransientError as `prepareCall`.
 */
export async function prepareDeploy(
  target: WalletTarget,
  source: string,
  terms: SenderTerms,
): Promise<PreparedTransaction> {
  await assertChain(target);
  const { network, contractId } = target;
  const [, contractName] = contractParts(network, contractId);
  return prepare(target, terms, {
    content: { kind: 'deploy', source },
    lines: [
      `deploy ${contractId}`,
      `${Buffer.byteLength(source)} bytes of source in Clarity 4; the sender becomes the contract's owner`,
    ],
    postConditions: [],
    spent: 0n,
    build: (nonce, fee) => buildDeploy({ network, contractName, source, publicKey: terms.publicKey, nonce, fee }),
  });
}

/** @throws ConfigError when the nodes belong to another chain than the network's. */
export async function assertChain({ chain, network }: Pick<WalletTarget, 'chain' | 'network'>): Promise<void> {
  const { chainId } = await chain.identity();
  const expected = signingNetwork(network).chainId;
  if (chainId !== expected) {
    throw new ConfigError(
      `expected a node of the ${network} network (chain id ${expected}), was one of chain id ${chainId}`,
      {
        hints: ['Check --network and --url.'],
      },
    );
  }
}

/** @throws ConfigError as `assertChain`, and when the contract is not there. */
export async function assertContract(target: WalletTarget): Promise<void> {
  await assertChain(target);
  if ((await target.chain.contractSource()) !== null) return;
  throw new ConfigError(`expected the contract ${target.contractId}, found none on this chain`, {
    hints: ['Check --contract, --network and --url, or deploy it: `wattmaker deploy`.'],
  });
}

interface Draft {
  readonly content: TransactionContent;
  readonly lines: readonly string[];
  readonly postConditions: readonly string[];
  readonly spent: bigint;
  readonly build: (nonce: number, fee: MicroStx) => Promise<StacksTransactionWire>;
}

async function prepare(target: WalletTarget, terms: SenderTerms, draft: Draft): Promise<PreparedTransaction> {
  const { publicKey } = terms;
  const sender = addressOf(publicKey, target.network);
  const account = await target.chain.account(sender);
  const nonce = terms.nonce ?? (await firstFreeNonce(target.chain, sender, account.nonce));
  const fee = terms.fee ?? (await suggestFee(target.chain, terms.feeCap, await draft.build(nonce, microStx(0))));
  const transaction = await draft.build(nonce, fee);
  return {
    content: draft.content,
    sender,
    publicKey,
    nonce,
    fee,
    unsignedHex: transaction.serialize(),
    lines: draft.lines,
    postConditions:
      draft.postConditions.length === 0 ? ['nothing but the fee leaves any account'] : draft.postConditions,
    cost: draft.spent + BigInt(fee),
    balance: account.balance,
  };
}

async function firstFreeNonce(chain: ChainPort, sender: Principal, confirmed: number): Promise<number> {
  const pending = new Set(await chain.pendingNonces(sender));
  let nonce = confirmed;
  while (pending.has(nonce)) nonce += 1;
  return nonce;
}

/** Bytes × the node's rate, rounded up, at least the minimum. */
async function suggestFee(chain: ChainPort, feeCap: MicroStx, transaction: StacksTransactionWire): Promise<MicroStx> {
  const rate = Math.max(await chain.feeRate(), MIN_FEE_RATE);
  const fee = microStx(Math.max(MIN_FEE, Math.ceil(transaction.serializeBytes().length * rate)));
  if (fee > feeCap) {
    throw new ConfigError(
      `expected a fee of at most ${feeCap} µSTX, the node's rate of ${rate} a byte asks for ${fee}`,
      {
        hints: [`Try later, or accept it with --fee ${fee}.`],
      },
    );
  }
  return fee;
}

const comparators = { eq: 'exactly', gt: 'more than', gte: 'at least', lt: 'less than', lte: 'at most' } as const;

function describePostCondition(condition: PostCondition): string {
  // The contract moves STX alone; the binding names no other asset.
  if (condition.type !== 'stx-postcondition') return `a condition on ${condition.type}`;
  return `${condition.address} sends ${comparators[condition.condition]} ${condition.amount} µSTX, and nothing else moves`;
}
