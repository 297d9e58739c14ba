import { type Clock, ConfigError } from '../core/index.ts';
import { type Rejection, rejectionOf } from './admission.ts';
import type { Block } from './block.ts';
import type { ForgetReason } from './explorer.ts';
import { type FillOptions, fillBlock, MAX_BLOCK_TRANSACTIONS } from './fill-block.ts';
import type { Genesis } from './genesis.ts';
import { entryOf, type Fact } from './history.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { Rebuilder } from './rebuild.ts';
import type { Fate, Reorg, ReorgOptions } from './reorg.ts';
import { replay, resolveReorgs } from './replay.ts';
import { ChainState } from './state.ts';
import { decodeTransaction, type Transaction } from './transaction.ts';
import type { ChainView } from './view.ts';
import type { ClarityVm } from './vm/clarity-vm.ts';

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

const all = (): boolean => true;

/** The chain: takes transactions in, mines them into blocks, and writes down what it did. */
export class Chain implements ChainView {
  readonly #clock: Clock;
  readonly #rebuilder: Rebuilder;
  #state: ChainState;
  #journal: Journal;
  /** Reorganisations so far. */
  #forks = 0;

  constructor({ vm, genesis, journal, clock }: ChainDeps) {
    this.#state = new ChainState(genesis, vm);
    this.#rebuilder = new Rebuilder(vm);
    this.#journal = journal;
    this.#clock = clock;
  }

  get genesis(): Genesis {
    return this.#state.genesis;
  }

  get genesisHash(): string {
    return this.#state.genesisHash;
  }

  get consensusHash(): string {
    return this.#state.consensusHash;
  }

  get bitcoin(): ChainView['bitcoin'] {
    return this.#state.bitcoin;
  }

  get tip(): Block {
    return this.#state.tip;
  }

  get vm(): ClarityVm {
    return this.#state.vm;
  }

  get accounts(): ChainState['accounts'] {
    return this.#state.accounts;
  }

  get contracts(): ChainState['contracts'] {
    return this.#state.contracts;
  }

  get mempool(): ChainState['mempool'] {
    return this.#state.mempool;
  }

  get explorer(): ChainState['explorer'] {
    return this.#state.explorer;
  }

  /** What somebody sees who knows no block above `height`; a reorganisation that comes later does not change it. */
  asOf(height: number): ChainView {
    return this.#state.asOf(Math.max(height, this.explorer.firstHeight));
  }

  /** What `submit` would answer. @throws UndecodableTransaction */
  examine(raw: Uint8Array): Submission {
    return this.#examine(decodeTransaction(raw));
  }

  /** Checks `raw` as a node does and puts it into the mempool. @throws UndecodableTransaction */
  submit(raw: Uint8Array): Submission {
    const transaction = decodeTransaction(raw);
    const submission = this.#examine(transaction);
    if (submission.kind === 'accepted') this.#write(this.#state.admit(transaction, this.#clock.now()));
    return submission;
  }

  /**
   * Mines what is ready into the next block. A deployment closes its block, so that one call can make several: the last
   * one is closed too, and then the pool holds nothing more that was ready at the start.
   */
  mine(): readonly Block[] {
    for (const { transaction } of this.mempool.expired(this.#clock.now())) {
      this.forget(transaction.txid, 'dropped_stale_garbage_collect');
    }
    return this.#mineBlocks(1, all);
  }

  /** Money for `address` from nowhere, at once. */
  mint(address: string, amount: bigint): void {
    this.#write(this.#state.mint(address, amount));
  }

  /** Loses a waiting transaction. */
  forget(txid: string, reason: ForgetReason): void {
    this.#write(this.#state.drop(txid, reason));
  }

  /**
   * Takes the newest blocks back, gives their transactions the fates that `options` name, and mines others in their place.
   *
   * @throws ConfigError for a depth that the chain does not have, or a fate for a transaction that is in none of the blocks.
   */
  reorg(options: ReorgOptions): Reorg {
    const { forkHeight, orphaned } = this.#cut(options);
    const fateOf = (txid: string): Fate => options.except[txid] ?? options.transactions;
    this.#journal.append({ kind: 'reorg', height: forkHeight }, { durable: true });
    this.#forks += 1;
    const standing = this.#state.history.filter((fact) => fact.kind !== 'block' || fact.block.height <= forkHeight);
    this.#state = this.#rebuilder.rebuild(this.#state, standing, forkHeight);
    for (const txid of orphaned) if (fateOf(txid) === 'forget') this.forget(txid, 'forgotten');
    const submissions = options.include.map(({ raw }) => this.submit(raw));
    const again = new Set(orphaned.filter((txid) => fateOf(txid) === 'remine'));
    for (const { kind, txid } of submissions) if (kind !== 'rejected') again.add(txid);
    const blocks = options.blocks === 0 ? [] : this.#mineBlocks(options.blocks, (txid) => again.has(txid));
    return {
      forkHeight,
      orphaned,
      mined: blocks.flatMap(({ transactions }) => transactions.map(({ transaction }) => transaction.txid)),
      rejected: submissions.filter((one) => one.kind === 'rejected'),
    };
  }

  /** Begins anew with all that it knew. */
  restart(): void {
    this.#state = this.#rebuilder.rebuild(this.#state, this.#state.history, this.tip.height);
  }

  /** Becomes another chain, that of `genesis`, which differs from its own in nothing but the salt. */
  discard(genesis: Genesis): void {
    this.#journal.discard(genesis);
    this.#state = this.#rebuilder.begin(this.#state, genesis);
    this.#forks = 0;
  }

  /** Does again what `entries` say, without writing it down again. @throws CorruptionError when it comes out differently. */
  replay(entries: readonly JournalEntry[]): void {
    const { entries: standing, forks } = resolveReorgs(entries);
    replay(this.#state, standing);
    this.#forks = forks;
  }

  /** From now on the chain writes to `journal`. */
  writeTo(journal: Journal): void {
    this.#journal = journal;
  }

  close(): void {
    this.#journal.close();
  }

  #examine(transaction: Transaction): Submission {
    const { txid } = transaction;
    if (this.mempool.get(txid) !== undefined) return { kind: 'known', txid };
    const { accounts, contracts, mempool, genesis } = this;
    const rejection = rejectionOf({ accounts, contracts, mempool, epoch: genesis.epoch }, transaction);
    return rejection === undefined ? { kind: 'accepted', txid } : { kind: 'rejected', txid, rejection };
  }

  #mineBlocks(count: number, eligible: FillOptions['eligible']): readonly Block[] {
    const blocks: Block[] = [];
    let room = MAX_BLOCK_TRANSACTIONS;
    while (blocks.length < count || this.vm.height > this.tip.height) {
      const time = Math.max(Math.floor(this.#clock.now() / 1000), this.tip.time + 1);
      const { mined, problematic } = fillBlock(this.#state, { room, eligible });
      for (const { txid } of problematic) this.forget(txid, 'dropped_problematic');
      const sealed = this.#state.seal(time, this.#forks, mined);
      this.#write(sealed);
      blocks.push(sealed.block);
      room -= mined.length;
    }
    return blocks;
  }

  /** Where the chain is cut, and the transactions above, in their order. */
  #cut({ depth, except }: ReorgOptions): { forkHeight: number; orphaned: string[] } {
    const forkHeight = this.tip.height - depth;
    const { firstHeight } = this.explorer;
    if (forkHeight < firstHeight) {
      const deepest = this.tip.height - firstHeight;
      throw new ConfigError(`depth: expected at most ${deepest}, the number of blocks above the first, was ${depth}`);
    }
    const orphaned: string[] = [];
    for (let height = forkHeight + 1; height <= this.tip.height; height += 1) {
      for (const { transaction } of this.explorer.blockAt(height)?.transactions ?? []) orphaned.push(transaction.txid);
    }
    const stranger = Object.keys(except).find((txid) => !orphaned.includes(txid));
    if (stranger === undefined) return { forkHeight, orphaned };
    throw new ConfigError(`except: expected transactions of the newest ${depth} blocks, was "0x${stranger}"`);
  }

  #write(fact: Fact): void {
    if (fact.kind === 'block' && fact.block.transactions.length === 0) this.#journal.appendEmpty(fact.block);
    else this.#journal.append(entryOf(fact), { durable: fact.kind === 'block' || fact.kind === 'mint' });
  }
}
