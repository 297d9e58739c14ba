import { type Clock, CorruptionError, type FatalError } from '../core/index.ts';
import { Accounts } from './accounts.ts';
import { type Rejection, rejectionOf } from './admission.ts';
import { type Block, type MinedTransaction, makeBlock, receiptsDigest } from './block.ts';
import type { Contracts } from './contracts.ts';
import { BlockExecutor } from './executor.ts';
import { type DropReason, Explorer } from './explorer.ts';
import { type Genesis, genesisHash } from './genesis.ts';
import { sha512t256 } from './hashing.ts';
import { type EmptyRun, type Journal, type JournalEntry, runTimes } from './journal.ts';
import { Mempool, type PendingTransaction } from './mempool.ts';
import { decodeTransaction, headOf, type Transaction } from './transaction.ts';
import type { ClarityVm } from './vm/clarity-vm.ts';

/** No block takes more than this many transactions, so that mining never holds the server up for long. */
const MAX_BLOCK_TRANSACTIONS = 1000;

export interface ChainDeps {
  readonly vm: ClarityVm;
  readonly genesis: Genesis;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** What a POST of a transaction came to. `known` means it waits in the mempool already. */
export type Submission =
  | { readonly kind: 'accepted' | 'known'; readonly txid: string }
  | { readonly kind: 'rejected'; readonly txid: string; readonly rejection: Rejection };

/** The chain: takes transactions in, mines them into blocks, and writes down what it did. */
export class Chain {
  readonly genesis: Genesis;
  readonly genesisHash: string;
  readonly vm: ClarityVm;
  readonly accounts = new Accounts();
  readonly contracts: Contracts = new Map();
  readonly mempool = new Mempool();
  readonly explorer = new Explorer();
  readonly #clock: Clock;
  #journal: Journal;

  constructor({ vm, genesis, journal, clock }: ChainDeps) {
    this.vm = vm;
    this.genesis = genesis;
    this.genesisHash = genesisHash(genesis);
    this.#journal = journal;
    this.#clock = clock;
    this.accounts.beginBlock(vm.height);
    for (const [address, amount] of genesis.accounts) this.accounts.mint(address, BigInt(amount));
    const time = Math.floor(genesis.startTime / 1000);
    this.explorer.addBlock(
      makeBlock(this.genesisHash, this.consensusHash, { height: vm.height, time, transactions: [] }),
    );
  }

  get tip(): Block {
    const { tip } = this.explorer;
    if (tip === undefined) throw new CorruptionError('expected the chain to have a genesis block, was empty');
    return tip;
  }

  /** The consensus hash of the one Bitcoin block that this chain stands on: 40 hex digits. */
  get consensusHash(): string {
    return sha512t256('consensus', this.genesisHash).slice(0, 40);
  }

  /** Checks `raw` as a node does and puts it into the mempool. @throws UndecodableTransaction */
  submit(raw: Uint8Array): Submission {
    const transaction = decodeTransaction(raw);
    const { txid } = transaction;
    if (this.mempool.get(txid) !== undefined) return { kind: 'known', txid };
    const { accounts, contracts, mempool, genesis } = this;
    const rejection = rejectionOf({ accounts, contracts, mempool, epoch: genesis.epoch }, transaction);
    if (rejection !== undefined) return { kind: 'rejected', txid, rejection };
    const receivedAt = this.#clock.now();
    this.#journal.append(
      { kind: 'pending', transaction: Buffer.from(raw).toString('hex'), receivedAt },
      { durable: false },
    );
    this.#admit(transaction, receivedAt);
    return { kind: 'accepted', txid };
  }

  /**
   * Mines what is ready into the next block. A deployment closes its block, so that one call can make several: the last
   * one is closed too, and then the pool holds nothing more that was ready at the start.
   */
  mine(): readonly Block[] {
    this.#collectGarbage();
    const mined: Block[] = [];
    let room = MAX_BLOCK_TRANSACTIONS;
    do {
      const block = this.#mineBlock(room);
      room -= block.transactions.length;
      mined.push(block);
    } while (this.vm.height > this.tip.height);
    return mined;
  }

  /** Money for `address` from nowhere, at once. */
  mint(address: string, amount: bigint): void {
    this.#journal.append({ kind: 'mint', address, amount: amount.toString() }, { durable: true });
    this.#applyMint(address, amount);
  }

  /** Does again what `entries` say, without writing it down again. @throws CorruptionError when it comes out differently. */
  replay(entries: readonly JournalEntry[]): void {
    for (const entry of entries) this.#replayEntry(entry);
  }

  /** From now on the chain writes to `journal`. */
  writeTo(journal: Journal): void {
    this.#journal = journal;
  }

  close(): void {
    this.#journal.close();
  }

  #admit(transaction: Transaction, receivedAt: number): void {
    const pending: PendingTransaction = { transaction, receivedAt, receivedHeight: this.tip.height };
    const replaced = this.mempool.add(pending);
    this.explorer.addPending(pending, headOf(transaction));
    if (replaced !== undefined) {
      this.explorer.drop(replaced.transaction.txid, 'dropped_replace_by_fee', transaction.txid);
    }
  }

  #mineBlock(room: number): Block {
    const { tip } = this;
    const time = Math.max(Math.floor(this.#clock.now() / 1000), tip.time + 1);
    if (this.vm.height === tip.height) this.vm.openBlocks(1);
    const height = tip.height + 1;
    this.accounts.beginBlock(height);
    const transactions = this.#runReady(room);
    const block = this.#seal(height, time, transactions);
    this.#writeDown(block);
    return block;
  }

  #runReady(room: number): MinedTransaction[] {
    const executor = this.#executor(true);
    const mined: MinedTransaction[] = [];
    const stuck = new Set<string>();
    let progress = true;
    while (progress) {
      progress = false;
      for (const { transaction } of this.mempool.ready((sender) => this.accounts.get(sender).nonce)) {
        if (stuck.has(transaction.sender)) continue;
        if (mined.length >= room || executor.closed) return mined;
        const attempt = executor.run(transaction);
        switch (attempt.kind) {
          case 'mined':
            mined.push(attempt.mined);
            this.mempool.remove(transaction);
            progress = true;
            break;
          case 'unaffordable':
            stuck.add(transaction.sender);
            break;
          case 'problematic':
            stuck.add(transaction.sender);
            this.#drop(transaction, 'dropped_problematic');
            break;
        }
      }
    }
    return mined;
  }

  #executor(guarded: boolean): BlockExecutor {
    const { vm, accounts, contracts, genesis } = this;
    return new BlockExecutor({ vm, accounts, contracts, epoch: genesis.epoch }, { guarded });
  }

  #seal(height: number, time: number, transactions: readonly MinedTransaction[]): Block {
    const block = makeBlock(this.tip.indexHash, this.consensusHash, { height, time, transactions });
    this.explorer.addBlock(block);
    return block;
  }

  #writeDown({ height, time, hash, transactions }: Block): void {
    if (transactions.length === 0) {
      this.#journal.appendEmpty(height, time);
      return;
    }
    this.#journal.append(
      {
        kind: 'block',
        height,
        time,
        transactions: transactions.map(({ transaction }) => Buffer.from(transaction.raw).toString('hex')),
        guarded: transactions.some(({ receipt }) => receipt.status === 'abort_by_post_condition'),
        hash,
        receipts: receiptsDigest(transactions),
      },
      { durable: true },
    );
  }

  #drop(transaction: Transaction, reason: Exclude<DropReason, 'dropped_replace_by_fee'>): void {
    this.mempool.remove(transaction);
    this.explorer.drop(transaction.txid, reason, null);
    this.#journal.append({ kind: 'dropped', txid: transaction.txid, reason }, { durable: false });
  }

  #collectGarbage(): void {
    for (const { transaction } of this.mempool.expired(this.#clock.now())) {
      this.#drop(transaction, 'dropped_stale_garbage_collect');
    }
  }

  #applyMint(address: string, amount: bigint): void {
    this.vm.mint(address, amount);
    this.accounts.mint(address, amount);
  }

  #replayEntry(entry: JournalEntry): void {
    switch (entry.kind) {
      case 'genesis':
        return;
      case 'mint':
        this.#applyMint(entry.address, BigInt(entry.amount));
        return;
      case 'pending':
        this.#admit(decodeTransaction(Buffer.from(entry.transaction, 'hex')), entry.receivedAt);
        return;
      case 'dropped': {
        const pending = this.mempool.get(entry.txid);
        if (pending !== undefined) this.mempool.remove(pending.transaction);
        this.explorer.drop(entry.txid, entry.reason, null);
        return;
      }
      case 'empty':
        this.#replayEmpty(entry);
        return;
      case 'block':
        this.#replayBlock(entry);
        return;
    }
  }

  #replayEmpty(run: EmptyRun): void {
    this.#expectHeight(run.height);
    const times = runTimes(run);
    const missing = this.tip.height + times.length - this.vm.height;
    if (missing > 0) this.vm.openBlocks(missing);
    times.forEach((time, index) => {
      this.#seal(run.height + index, time, []);
    });
    this.accounts.beginBlock(this.tip.height);
  }

  #replayBlock(entry: Extract<JournalEntry, { kind: 'block' }>): void {
    this.#expectHeight(entry.height);
    if (this.vm.height === this.tip.height) this.vm.openBlocks(1);
    this.accounts.beginBlock(entry.height);
    const executor = this.#executor(entry.guarded);
    const transactions = entry.transactions.map((hex) => {
      const transaction = decodeTransaction(Buffer.from(hex, 'hex'));
      const attempt = executor.run(transaction);
      if (attempt.kind !== 'mined') throw replayedDifferently(entry.height);
      this.mempool.remove(transaction);
      return attempt.mined;
    });
    const block = this.#seal(entry.height, entry.time, transactions);
    if (block.hash !== entry.hash || receiptsDigest(transactions) !== entry.receipts) {
      throw replayedDifferently(entry.height);
    }
  }

  #expectHeight(height: number): void {
    if (height === this.tip.height + 1) return;
    throw new CorruptionError(`expected the journal to go on at height ${this.tip.height + 1}, was ${height}`, {
      hints: ['Start with --fresh to discard this chain.'],
    });
  }
}

const replayedDifferently = (height: number): FatalError =>
  new CorruptionError(`expected block ${height} to come out as the journal says, it came out differently`, {
    hints: ['The journal was written by another version. Start with --fresh to discard this chain.'],
  });
