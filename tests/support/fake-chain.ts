import { createHash } from 'node:crypto';
import {
  AddressVersion,
  addressToString,
  Cl,
  deserializeTransaction,
  PayloadType,
  type StacksTransactionWire,
  serializeCV,
} from '@stacks/transactions';
import { type BatchCall, decodeCall, type GridRead, OPENING_DIGEST, reads } from '../../src/contract/index.ts';
import {
  type Height,
  height,
  microStx,
  type Principal,
  price,
  sequence,
  type TxId,
  tradeId,
  txId,
} from '../../src/core/index.ts';
import type {
  AccountState,
  BroadcastOutcome,
  ChainPort,
  ChainTip,
  GridLogEntry,
  GridLogPage,
  MinedStatus,
  RejectionReason,
  TransactionStatus,
} from '../../src/execution/index.ts';
import { encodeSummary } from './grid-encoding.ts';

interface Pending {
  readonly id: TxId;
  readonly hex: string;
  readonly nonce: number;
  readonly fee: number;
}

interface Block {
  readonly hash: string;
  readonly transactions: ReadonlyMap<TxId, TransactionStatus & { readonly kind: 'mined' }>;
  /** Nonces that this block uses up. */
  readonly nonces: readonly number[];
  readonly bytes: readonly string[];
}

/** How a block takes a transaction; the default is success of every entry. */
export interface Verdict {
  readonly status: MinedStatus;
  readonly resultHex: string;
}

export const rejected = (reason: RejectionReason, expected: bigint | null = null): BroadcastOutcome => ({
  kind: 'rejected',
  reason,
  message: `the node said ${reason}`,
  expected,
  actual: null,
});
export const timedOut: BroadcastOutcome = { kind: 'unknown', cause: 'timeout', retryAfterMs: null };

/** The answer of a batch call whose entries all succeed with their trade id, or fail with the given codes. */
export function batchAnswer(call: BatchCall, codes: Readonly<Record<number, number>> = {}): string {
  const entries = call.entries.map((entry, index) => {
    const code = codes[index];
    return code === undefined
      ? Cl.ok(Cl.uint('tradeId' in entry ? entry.tradeId : 70n + BigInt(index)))
      : Cl.error(Cl.uint(code));
  });
  return serializeCV(Cl.ok(Cl.list(entries)));
}

/**
 * One account's part of a chain, by the rules that matter to a queue: nonces, mempool with replacement, blocks, reorgs.
 * Every lie that a real server can tell is a switch.
 */
export class FakeChain implements ChainPort {
  readonly mempool = new Map<number, Pending>();
  readonly blocks: Block[] = [];
  /** Every POST that was made, by transaction id. */
  readonly posts: TxId[] = [];
  readonly log: GridLogEntry[] = [];
  /** Stands in for the node's answer to a POST; calling `arrive` lets the bytes in. */
  onBroadcast: ((arrive: () => BroadcastOutcome, id: TxId) => BroadcastOutcome) | null = null;
  /** An indexer that knows no transaction, though blocks have them. */
  blind = false;
  verdict: (call: BatchCall) => Verdict = (call) => ({ status: 'success', resultHex: batchAnswer(call) });
  #requests = 0;
  #salt = 0;

  readonly address: Principal;
  balance = microStx(1_000_000_000);

  constructor(address: Principal) {
    this.address = address;
  }

  get height(): Height {
    return height(100 + this.blocks.length);
  }

  get nonce(): number {
    return 3 + this.blocks.reduce((sum, { nonces }) => sum + nonces.length, 0);
  }

  /** The calls that blocks hold with success, in order. */
  get executed(): readonly BatchCall[] {
    return this.blocks.flatMap(({ bytes, transactions }) => {
      const statuses = [...transactions.values()];
      return bytes.filter((_, index) => statuses[index]?.status === 'success').map(callOf);
    });
  }

  /** Mines all that has the next nonce. */
  mine(): Height {
    const transactions = new Map<TxId, TransactionStatus & { kind: 'mined' }>();
    const nonces: number[] = [];
    const bytes: string[] = [];
    const at = height(this.height + 1);
    const hash = this.#hash(at);
    for (let next = this.mempool.get(this.nonce); next !== undefined; next = this.mempool.get(next.nonce + 1)) {
      const { status, resultHex } = this.verdict(callOf(next.hex));
      const fee = microStx(next.fee);
      transactions.set(next.id, {
        kind: 'mined',
        status,
        height: at,
        indexBlockHash: hash,
        resultHex: bare(resultHex),
        fee,
      });
      nonces.push(next.nonce);
      bytes.push(next.hex);
      this.mempool.delete(next.nonce);
    }
    this.blocks.push({ hash, transactions, nonces, bytes });
    return at;
  }

  /** A block with a transaction of another wallet that has the same key. */
  mineForeign(): Height {
    const at = height(this.height + 1);
    this.mempool.delete(this.nonce);
    this.blocks.push({ hash: this.#hash(at), transactions: new Map(), nonces: [this.nonce], bytes: [] });
    return at;
  }

  /** Takes the newest `depth` blocks back and builds as many others. Their transactions come back, unless they are lost. */
  reorg(depth: number, { lose = false }: { readonly lose?: boolean } = {}): void {
    this.#salt += 1;
    const undone = this.blocks.splice(-depth, depth);
    if (!lose) for (const hex of undone.flatMap(({ bytes }) => bytes)) this.#admit(hex);
    for (let count = 0; count < depth; count += 1) {
      this.blocks.push({ hash: this.#hash(this.height), transactions: new Map(), nonces: [], bytes: [] });
    }
  }

  async identity() {
    return { chainId: 2147483648, genesis: 'ab'.repeat(32) };
  }

  async tip(): Promise<ChainTip> {
    this.#requests += 1;
    return { height: this.height, indexBlockHash: this.blocks.at(-1)?.hash ?? this.#hash(this.height) };
  }

  async account(): Promise<AccountState> {
    this.#requests += 1;
    return { nonce: this.nonce, balance: this.balance };
  }

  async pendingNonces(): Promise<readonly number[]> {
    return [...this.mempool.keys()];
  }

  async broadcast(hex: string): Promise<BroadcastOutcome> {
    this.#requests += 1;
    const id = txId(deserializeTransaction(hex).txid());
    this.posts.push(id);
    const arrive = () => this.#admit(hex);
    return this.onBroadcast === null ? arrive() : this.onBroadcast(arrive, id);
  }

  async transactions(ids: readonly TxId[]): Promise<ReadonlyMap<TxId, TransactionStatus>> {
    this.#requests += 1;
    return new Map(ids.map((id) => [id, this.#statusOf(id)]));
  }

  async logs({ cursor, limit = 50 }: { cursor?: string; limit?: number } = {}): Promise<GridLogPage> {
    this.#requests += 1;
    const newestFirst = this.log.toReversed();
    const from = cursor === undefined ? 0 : Number(cursor);
    const entries = newestFirst.slice(from, from + limit);
    const next = from + limit;
    return { entries, olderCursor: next < newestFirst.length ? String(next) : null };
  }

  async blockHashAt(at: Height): Promise<string | null> {
    this.#requests += 1;
    return this.blocks[at - 101]?.hash ?? null;
  }

  async feeRate(): Promise<number> {
    return 1;
  }

  /** The contract's summary is all that execution reads; its energy price never moves here. */
  async read<Answer>(read: GridRead<Answer>): Promise<Answer> {
    if (read.functionName !== reads.market().functionName) throw new Error(`no answer to ${read.functionName}`);
    const summary = {
      sequence: sequence(0),
      digest: OPENING_DIGEST,
      lastTradeId: tradeId(0),
      energyPrice: price(100),
      gridBalance: 0n,
      totalFunds: 0n,
      prosumers: 0,
      metersRequired: false,
      height: height(101),
    };
    return read.decode(serializeCV(encodeSummary(summary)));
  }

  async contractSource(): Promise<string | null> {
    return null;
  }

  requestCount(): number {
    return this.#requests;
  }

  #statusOf(id: TxId): TransactionStatus {
    if (this.blind) return { kind: 'absent' };
    for (const { transactions } of this.blocks) {
      const mined = transactions.get(id);
      if (mined !== undefined) return mined;
    }
    return [...this.mempool.values()].some((one) => one.id === id) ? { kind: 'mempool' } : { kind: 'absent' };
  }

  /** The node's checks in its own order. */
  #admit(hex: string): BroadcastOutcome {
    const transaction = deserializeTransaction(hex);
    const { nonce, fee } = transaction.auth.spendingCondition;
    const pending = { id: txId(transaction.txid()), hex, nonce: Number(nonce), fee: Number(fee) };
    if (signerOf(transaction) !== this.address) return rejected('SignatureValidation');
    const holder = this.mempool.get(pending.nonce);
    if (holder?.id === pending.id) return { kind: 'accepted', txId: pending.id };
    if (pending.nonce < this.nonce) return rejected('BadNonce');
    if (pending.nonce > this.nonce + 26) return rejected('TooMuchChaining');
    if (holder !== undefined && holder.fee >= pending.fee) return rejected('ConflictingNonceInMempool');
    this.mempool.set(pending.nonce, pending);
    return { kind: 'accepted', txId: pending.id };
  }

  #hash(at: number): string {
    return createHash('sha256').update(`${this.#salt} ${at}`).digest('hex');
  }
}

function callOf(hex: string): BatchCall {
  const { payload } = deserializeTransaction(hex);
  if (payload.payloadType !== PayloadType.ContractCall) throw new Error('expected a contract call');
  const call = decodeCall(payload.functionName.content, payload.functionArgs);
  if (call.kind !== 'buyEnergyFor' && call.kind !== 'tradeEnergyFor' && call.kind !== 'cancelTradeFor') {
    throw new Error(`expected a batch call, was ${call.kind}`);
  }
  return call;
}

export function signerOf({ auth }: StacksTransactionWire): string {
  const condition = auth.spendingCondition;
  if (!('keyEncoding' in condition)) throw new Error('expected a single-key signature');
  return addressToString({ type: 0, version: AddressVersion.TestnetSingleSig, hash160: condition.signer });
}

const bare = (hex: string): string => hex.replace(/^0x/, '');
