import type { Block, MinedTransaction, Receipt } from './block.ts';
import type { PendingTransaction } from './mempool.ts';
import { decodeTransaction, type TransactionHead } from './transaction.ts';
import type { VmEvent } from './vm/events.ts';

export type DropReason = 'dropped_replace_by_fee' | 'dropped_problematic' | 'dropped_stale_garbage_collect';

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

/** The indexer: finds blocks, transactions and prints again. Lists are oldest first. */
export class Explorer {
  readonly #blocks: Block[] = [];
  readonly #heights = new Map<string, number>();
  readonly #transactions = new Map<string, TransactionRecord>();
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
    this.#transactions.set(transaction.txid, { state: 'pending', head, receivedAt, receivedHeight });
  }

  drop(txid: string, reason: DropReason, replacedBy: string | null): void {
    const record = this.#transactions.get(txid);
    if (record?.state !== 'pending') return;
    const { head, receivedAt, receivedHeight } = record;
    this.#transactions.set(txid, { state: 'dropped', head, receivedAt, receivedHeight, reason, replacedBy });
  }

  transaction(txid: string): TransactionRecord | undefined {
    return this.#transactions.get(txid);
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

  #addMined(block: Block, { transaction: head, receipt }: MinedTransaction, index: number): void {
    const before = this.#transactions.get(head.txid);
    const record: MinedRecord = {
      state: 'mined',
      head,
      receivedAt: before?.receivedAt ?? block.time * 1000,
      receivedHeight: before?.receivedHeight ?? block.height - 1,
      block,
      index,
      receipt,
    };
    this.#transactions.set(head.txid, record);
    this.#mined.push(record);
    for (const principal of touched(record)) append(this.#byPrincipal, principal, record);
    receipt.events.forEach((event, eventIndex) => {
      if (event.kind === 'print') append(this.#logs, event.contract, { record, eventIndex, event });
    });
  }
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
