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
import {
  type BatchCall,
  decodeCall,
  eventDigest,
  type GridRead,
  OPENING_DIGEST,
  reads,
} from '../../src/contract/index.ts';
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
import type { EventMark } from '../../src/execution/ports/ledger-records.ts';
import { encodeSummary } from './grid-encoding.ts';

/** A transaction in a mempool; `hex` is null for one of another wallet that has the same key. */
export interface Pending {
  readonly id: TxId;
  readonly hex: string | null;
  readonly nonce: number;
  readonly fee: number;
}

type Mined = TransactionStatus & { readonly kind: 'mined' };

/** The block that the chain begins with. */
const BASE = 'ba'.repeat(32);

interface Block {
  readonly hash: string;
  /** In order; one for each nonce that this block uses up. */
  readonly transactions: readonly (Pending & { readonly status: Mined })[];
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
  /** Blocks by which the node that answers, and the indexer, are behind. */
  nodeLag = 0;
  indexerLag = 0;
  /** What the indexer shows while it has stopped taking blocks in, also those that a reorg put in the place of others. */
  #frozen: readonly Block[] | null = null;
  #requests = 0;
  #salt = 0;
  #strangers = 0;
  readonly #admitted = new Map<TxId, Pending>();

  readonly address: Principal;
  balance = microStx(1_000_000_000);
  energyPrice = price(100);

  constructor(address: Principal) {
    this.address = address;
  }

  get height(): Height {
    return height(100 + this.blocks.length);
  }

  get nonce(): number {
    return nonceAfter(this.blocks);
  }

  /** The calls that blocks hold with success, in order. */
  get executed(): readonly BatchCall[] {
    return this.mined.flatMap(({ hex, status }) => (hex === null || status.status !== 'success' ? [] : [callOf(hex)]));
  }

  /** All that blocks hold, in order. */
  get mined(): Block['transactions'] {
    return this.blocks.flatMap(({ transactions }) => transactions);
  }

  freezeIndexer(): void {
    this.#frozen = [...this.blocks];
  }

  thawIndexer(): void {
    this.#frozen = null;
  }

  get #indexed(): readonly Block[] {
    return upTo(this.#frozen ?? this.blocks, this.indexerLag);
  }

  /** What another miner may still have of a nonce: all that any node ever took and no block holds. */
  held(nonce: number): readonly Pending[] {
    return [...this.#admitted.values()].filter((one) => one.nonce === nonce);
  }

  /** Mines all that has the next nonce; `instead` is mined in place of what the mempool has of its nonce. */
  mine({ instead }: { readonly instead?: Pending } = {}): Height {
    const at = height(this.height + 1);
    const hash = this.#hash(at);
    const transactions: (Pending & { status: Mined })[] = [];
    for (let nonce = this.nonce; ; nonce += 1) {
      const next = instead?.nonce === nonce ? instead : this.mempool.get(nonce);
      if (next === undefined) break;
      transactions.push({ ...next, status: this.#take(next, { at, hash }) });
      this.mempool.delete(nonce);
    }
    this.blocks.push({ hash, transactions });
    return at;
  }

  /** A block with a transaction of another wallet that has the same key. */
  mineForeign(): Height {
    return this.mine({ instead: this.#stranger(this.nonce, 1) });
  }

  /** Another wallet that has the same key posts a transaction. */
  postForeign(nonce: number, fee: number): BroadcastOutcome {
    return this.#enter(this.#stranger(nonce, fee));
  }

  /** Drops what of strangers waits behind a gap, as nodes do in the end. */
  collectGarbage(): void {
    for (const [nonce, { hex }] of this.mempool) {
      const isNext = nonce === this.nonce || this.mempool.has(nonce - 1);
      if (hex === null && !isNext) this.mempool.delete(nonce);
    }
  }

  /** An empty block. */
  mineNothing(): Height {
    const at = height(this.height + 1);
    this.blocks.push({ hash: this.#hash(at), transactions: [] });
    return at;
  }

  /**
   * Takes the newest `depth` blocks back and builds as many others, empty or, with `same`, of the same transactions. What
   * the others do not hold comes back to the mempool, unless it is lost; so does what a stranger posted.
   */
  reorg(
    depth: number,
    { lose = false, same = false }: { readonly lose?: boolean; readonly same?: boolean } = {},
  ): void {
    this.#salt += 1;
    const undone = this.blocks.splice(-depth, depth);
    if (!lose && !same) for (const one of undone.flatMap(({ transactions }) => transactions)) this.#enter(one);
    for (const { transactions } of undone) {
      const at = height(this.height + 1);
      const hash = this.#hash(at);
      const again = transactions.map(({ status, ...one }) => ({ ...one, status: this.#take(one, { at, hash }) }));
      this.blocks.push({ hash, transactions: same ? again : [] });
    }
  }

  async identity() {
    return { chainId: 2147483648, genesis: 'ab'.repeat(32) };
  }

  async tip(): Promise<ChainTip> {
    this.#requests += 1;
    const blocks = upTo(this.blocks, this.nodeLag);
    return { height: height(100 + blocks.length), indexBlockHash: blocks.at(-1)?.hash ?? BASE };
  }

  async account(): Promise<AccountState> {
    this.#requests += 1;
    return { nonce: nonceAfter(upTo(this.blocks, this.nodeLag)), balance: this.balance };
  }

  async pendingNonces(): Promise<readonly number[]> {
    this.#requests += 1;
    return [...this.mempool.keys()].sort((one, other) => one - other);
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
    if (at <= 100) return BASE;
    return this.#indexed[at - 101]?.hash ?? null;
  }

  async feeRate(): Promise<number> {
    return 1;
  }

  /** Where the log ends. */
  get mark(): EventMark {
    const digest = this.log.reduce((before, { hex }) => eventDigest(before, hex), OPENING_DIGEST);
    return { sequence: this.log.at(-1)?.event.sequence ?? sequence(0), digest };
  }

  /** The contract's summary is all that execution reads. */
  async read<Answer>(read: GridRead<Answer>): Promise<Answer> {
    if (read.functionName !== reads.market().functionName) throw new Error(`no answer to ${read.functionName}`);
    const summary = {
      ...this.mark,
      lastTradeId: tradeId(0),
      energyPrice: this.energyPrice,
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
    const shown = this.#indexed.flatMap(({ transactions }) => transactions);
    const mined = shown.find((one) => one.id === id);
    if (mined !== undefined) return mined.status;
    if ([...this.mempool.values()].some((one) => one.id === id)) return { kind: 'mempool' };
    return this.#admitted.has(id) ? { kind: 'dropped', status: 'dropped_replace_by_fee' } : { kind: 'absent' };
  }

  /** The node's checks in its own order. */
  #admit(hex: string): BroadcastOutcome {
    const transaction = deserializeTransaction(hex);
    const { nonce, fee } = transaction.auth.spendingCondition;
    const pending = { id: txId(transaction.txid()), hex, nonce: Number(nonce), fee: Number(fee) };
    if (signerOf(transaction) !== this.address) return rejected('SignatureValidation');
    return this.#enter(pending);
  }

  #enter(pending: Pending): BroadcastOutcome {
    const holder = this.mempool.get(pending.nonce);
    if (holder?.id === pending.id) return { kind: 'accepted', txId: pending.id };
    if (pending.nonce < this.nonce) return rejected('BadNonce');
    if (pending.nonce > this.nonce + 26) return rejected('TooMuchChaining');
    if (holder !== undefined && holder.fee >= pending.fee) return rejected('ConflictingNonceInMempool');
    const { id, hex, nonce, fee } = pending;
    this.#admitted.set(id, { id, hex, nonce, fee });
    this.mempool.set(nonce, { id, hex, nonce, fee });
    return { kind: 'accepted', txId: id };
  }

  #take({ hex, fee }: Pending, { at, hash }: { readonly at: Height; readonly hash: string }): Mined {
    const { status, resultHex } =
      hex === null ? { status: 'success' as const, resultHex: '03' } : this.verdict(callOf(hex));
    const inclusion = { height: at, indexBlockHash: hash, resultHex: bare(resultHex), fee: microStx(fee) };
    return { kind: 'mined', status, ...inclusion };
  }

  #stranger(nonce: number, fee: number): Pending {
    this.#strangers += 1;
    return {
      id: txId(createHash('sha256').update(`stranger ${this.#strangers}`).digest('hex')),
      hex: null,
      nonce,
      fee,
    };
  }

  #hash(at: number): string {
    return createHash('sha256').update(`${this.#salt} ${at}`).digest('hex');
  }
}

const upTo = (blocks: readonly Block[], lag: number): readonly Block[] => blocks.slice(0, blocks.length - lag);
const nonceAfter = (blocks: readonly Block[]): number =>
  3 + blocks.reduce((sum, { transactions }) => sum + transactions.length, 0);

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
