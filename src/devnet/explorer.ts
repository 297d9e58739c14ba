import type { Block, MinedTransaction, Receipt } from './block.ts';
import { Mempool, type PendingTransaction } from './mempool.ts';
import { decodeTransaction, type TransactionHead } from './transaction.ts';
import type { VmEvent } from './vm/events.ts';

export type DropReason =
  | 'dropped_replace_by_fee'
  | 'dropped_replace_across_fork'
  | 'dropped_too_expensive'
  | 'dropped_stale_garbage_collect'
  | 'dropped_problematic';
/** How the mempool can lose a transaction without another in its place: dropped for a reason, or without a trace. */
export type ForgetReason = Exclude<DropReason, 'dropped_replace_by_fee'> | 'forgotten';

/** Everything the indexer remembers of one transaction; a dropped one stays readable. */
export type TransactionRecord = {
  readonly head: TransactionHead;
  readonly receivedAt: number;
  readonly receivedHeight: number;
} & (
  | { readonly state: 'pending' }
  | { readonly state: 'dropped'; readonly reason: DropReason; readonly replacedBy: string | null }
  | { readonly state: 'mined'; readonly block: Block; readonly index: number; readonly receipt: Receipt }
);

export type MinedRecord = Extract<TransactionRecord, { state: 'mined' }>;

/** One print of a contract and where it stands. */
export interface LogEntry {
  readonly record: MinedRecord;
  readonly eventIndex: number;
  readonly event: Extract<VmEvent, { kind: 'print' }>;
}

/** The questions that can be answered as of any block. */
export type ExplorerView = Pick<
  Explorer,
  'transaction' | 'blockCount' | 'blockAt' | 'blockBy' | 'mined' | 'minedOf' | 'logsOf'
>;

/** What was known of a transaction from block `since` on; `null` once it was forgotten. */
interface Version {
  readonly since: number;
  readonly record: TransactionRecord | null;
}

/** The indexer: finds blocks, transactions and prints again, also as they were at an earlier block. Lists are oldest first. */
export class Explorer {
  readonly #blocks: Block[] = [];
  readonly #heights = new Map<string, number>();
  readonly #transactions = new Map<string, Version[]>();
  readonly #mined: MinedRecord[] = [];
  readonly #byPrincipal = new Map<string, MinedRecord[]>();
  readonly #logs = new Map<string, LogEntry[]>();
  #firstHeight = 0;

  addBlock(block: Block): void {
    if (this.#blocks.length === 0) this.#firstHeight = block.height;
    this.#blocks.push(block);
    this.#heights.set(block.hash, block.height);
    this.#heights.set(block.indexHash, block.height);
    block.transactions.forEach((mined, index) => {
      this.#addMined(block, mined, index);
    });
  }

  addPending({ transaction, receivedAt, receivedHeight }: PendingTransaction, head: TransactionHead): void {
    this.#write(transaction.txid, receivedHeight, { state: 'pending', head, receivedAt, receivedHeight });
  }

  drop(txid: string, reason: DropReason, replacedBy: string | null): void {
    const record = this.transaction(txid);
    if (record?.state !== 'pending') return;
    const { head, receivedAt, receivedHeight } = record;
    const dropped: TransactionRecord = { state: 'dropped', head, receivedAt, receivedHeight, reason, replacedBy };
    this.#write(txid, this.#tipHeight, dropped);
  }

  /** From now on the transaction was never seen. */
  forget(txid: string): void {
    this.#write(txid, this.#tipHeight, null);
  }

  transaction(txid: string): TransactionRecord | undefined {
    return this.#transactions.get(txid)?.at(-1)?.record ?? undefined;
  }

  get blockCount(): number {
    return this.#blocks.length;
  }

  get firstHeight(): number {
    return this.#firstHeight;
  }

  blockAt(height: number): Block | undefined {
    return this.#blocks[height - this.#firstHeight];
  }

  /** Finds a block by block hash or index block hash, without `0x`. */
  blockBy(hash: string): Block | undefined {
    const height = this.#heights.get(hash);
    return height === undefined ? undefined : this.blockAt(height);
  }

  get tip(): Block | undefined {
    return this.#blocks.at(-1);
  }

  mined(): readonly MinedRecord[] {
    return this.#mined;
  }

  minedOf(principal: string): readonly MinedRecord[] {
    return this.#byPrincipal.get(principal) ?? [];
  }

  logsOf(contract: string): readonly LogEntry[] {
    return this.#logs.get(contract) ?? [];
  }

  /** The same as it was at the end of block `height`, before the next one came. */
  asOf(height: number): ExplorerView {
    const heightOf = ({ block }: MinedRecord): number => block.height;
    const visible = (block: Block | undefined) => (block === undefined || block.height > height ? undefined : block);
    return {
      transaction: (txid) => this.#transactionAt(txid, height),
      blockCount: height - this.#firstHeight + 1,
      blockAt: (at) => visible(this.blockAt(at)),
      blockBy: (hash) => visible(this.blockBy(hash)),
      mined: () => upTo(this.#mined, height, heightOf),
      minedOf: (principal) => upTo(this.minedOf(principal), height, heightOf),
      logsOf: (contract) => upTo(this.logsOf(contract), height, ({ record }) => heightOf(record)),
    };
  }

  /** What waited at the end of block `height`, in order of arrival. */
  mempoolAt(height: number): Mempool {
    const waiting: PendingTransaction[] = [];
    for (const txid of this.#transactions.keys()) {
      const record = this.#transactionAt(txid, height);
      if (record?.state !== 'pending') continue;
      const { head, receivedAt, receivedHeight } = record;
      waiting.push({ transaction: decodeTransaction(head.raw), receivedAt, receivedHeight });
    }
    const mempool = new Mempool();
    for (const pending of waiting.sort((a, b) => a.receivedAt - b.receivedAt)) mempool.add(pending);
    return mempool;
  }

  get #tipHeight(): number {
    return this.tip?.height ?? this.#firstHeight;
  }

  #transactionAt(txid: string, height: number): TransactionRecord | undefined {
    return this.#transactions.get(txid)?.findLast(({ since }) => since <= height)?.record ?? undefined;
  }

  #write(txid: string, since: number, record: TransactionRecord | null): void {
    const versions = this.#transactions.get(txid);
    if (versions === undefined) this.#transactions.set(txid, [{ since, record }]);
    else if (versions.at(-1)?.since === since) versions[versions.length - 1] = { since, record };
    else versions.push({ since, record });
  }

  #addMined(block: Block, { transaction: head, receipt }: MinedTransaction, index: number): void {
    const before = this.transaction(head.txid);
    const record: MinedRecord = {
      state: 'mined',
      head,
      receivedAt: before?.receivedAt ?? block.time * 1000,
      receivedHeight: before?.receivedHeight ?? block.height - 1,
      block,
      index,
      receipt,
    };
    this.#write(head.txid, block.height, record);
    this.#mined.push(record);
    for (const principal of touched(record)) append(this.#byPrincipal, principal, record);
    receipt.events.forEach((event, eventIndex) => {
      if (event.kind === 'print') append(this.#logs, event.contract, { record, eventIndex, event });
    });
  }
}

/** The beginning of `list`, which rises by `heightOf`, up to `height`. */
function upTo<T>(list: readonly T[], height: number, heightOf: (item: T) => number): readonly T[] {
  const last = list.findLastIndex((item) => heightOf(item) <= height);
  return last === list.length - 1 ? list : list.slice(0, last + 1);
}

/** The principals in whose history a transaction appears. */
function touched({ head, receipt }: MinedRecord): Set<string> {
  const principals = new Set([head.sender]);
  const { payload } = decodeTransaction(head.raw);
  if (payload.kind === 'token_transfer') principals.add(payload.recipient);
  if (payload.kind === 'contract_call') principals.add(payload.contract);
  if (payload.kind === 'smart_contract') principals.add(`${head.sender}.${payload.name}`);
  for (const event of receipt.events) {
    if (event.kind === 'print') continue;
    if (event.sender !== undefined) principals.add(event.sender);
    if (event.recipient !== undefined) principals.add(event.recipient);
  }
  return principals;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
