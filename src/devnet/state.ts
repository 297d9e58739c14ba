import { CorruptionError } from '../core/index.ts';
import { Accounts } from './accounts.ts';
import { type Block, type MinedTransaction, makeBlock } from './block.ts';
import type { Contracts } from './contracts.ts';
import { BlockExecutor } from './executor.ts';
import { Explorer, type ForgetReason } from './explorer.ts';
import { type Genesis, genesisHash } from './genesis.ts';
import { sha512t256 } from './hashing.ts';
import type { Fact } from './history.ts';
import { Mempool, type PendingTransaction } from './mempool.ts';
import { FEE_RECIPIENT } from './network.ts';
import { headOf, type Transaction } from './transaction.ts';
import type { ChainView } from './view.ts';
import type { ClarityVm } from './vm/clarity-vm.ts';

export interface Origin {
  readonly height: number;
  readonly burnHeight: number;
}

/** Everything that a chain knows at one moment, and the facts that made it so. A reorganisation builds another one. */
export class ChainState implements ChainView {
  readonly genesis: Genesis;
  readonly genesisHash: string;
  /** The consensus hash of the one Bitcoin block that this chain stands on: 40 hex digits. */
  readonly consensusHash: string;
  readonly bitcoin: ChainView['bitcoin'];
  readonly vm: ClarityVm;
  readonly accounts = new Accounts();
  readonly contracts: Contracts = new Map();
  readonly mempool = new Mempool();
  readonly explorer = new Explorer();
  readonly history: Fact[] = [];
  /** Where the machine stood at the first block. */
  readonly origin: Origin;

  constructor(genesis: Genesis, vm: ClarityVm, origin: Origin = { height: vm.height, burnHeight: vm.burnHeight }) {
    this.genesis = genesis;
    this.vm = vm;
    this.origin = origin;
    this.genesisHash = genesisHash(genesis);
    this.consensusHash = sha512t256('consensus', this.genesisHash).slice(0, 40);
    this.accounts.beginBlock(origin.height);
    for (const [address, amount] of genesis.accounts) this.accounts.mint(address, BigInt(amount));
    const time = Math.floor(genesis.startTime / 1000);
    this.bitcoin = { height: origin.burnHeight, time };
    const first = { height: origin.height, fork: 0, time, transactions: [] };
    this.explorer.addBlock(makeBlock(this.genesisHash, this.consensusHash, first));
  }

  get tip(): Block {
    const { tip } = this.explorer;
    if (tip === undefined) throw new CorruptionError('expected the chain to have a genesis block, was empty');
    return tip;
  }

  /** Puts an admissible transaction into the mempool, in the place of another with its nonce. */
  admit(transaction: Transaction, receivedAt: number): Fact {
    const pending: PendingTransaction = { transaction, receivedAt, receivedHeight: this.tip.height };
    const head = headOf(transaction);
    const replaced = this.mempool.add(pending);
    this.explorer.addPending(pending, head);
    if (replaced !== undefined) {
      this.explorer.drop(replaced.transaction.txid, 'dropped_replace_by_fee', transaction.txid);
    }
    return this.#happened({ kind: 'pending', head, receivedAt });
  }

  drop(txid: string, reason: ForgetReason): Fact {
    const pending = this.mempool.get(txid);
    if (pending !== undefined) this.mempool.remove(pending.transaction);
    if (reason === 'forgotten') this.explorer.forget(txid);
    else this.explorer.drop(txid, reason, null);
    return this.#happened({ kind: 'dropped', txid, reason });
  }

  /** Money for `address` from nowhere, at once; `machine: 'has it'` where the machine got it before. */
  mint(address: string, amount: bigint, machine: 'needs it' | 'has it' = 'needs it'): Fact {
    if (machine === 'needs it') this.vm.mint(address, amount);
    this.accounts.mint(address, amount);
    return this.#happened({ kind: 'mint', address, amount });
  }

  /** The executor of the block at `height`, which the machine now stands at; `guarded` blocks can be rolled back. */
  openBlock(height: number, guarded: boolean): BlockExecutor {
    if (this.vm.height === this.tip.height) this.vm.openBlocks(1);
    this.accounts.beginBlock(height);
    const { vm, accounts, contracts, genesis } = this;
    return new BlockExecutor({ vm, accounts, contracts, epoch: genesis.epoch }, { guarded });
  }

  /** Makes `transactions` the next block. */
  seal(time: number, fork: number, transactions: readonly MinedTransaction[]): Fact & { readonly kind: 'block' } {
    const content = { height: this.tip.height + 1, fork, time, transactions };
    const block = makeBlock(this.tip.indexHash, this.consensusHash, content);
    this.explorer.addBlock(block);
    return this.#happened({ kind: 'block', block } as const);
  }

  /** Makes `block` the next one, whose transactions the machine has run before; `contracts` hold those that it deployed. */
  recall(block: Block, contracts: Contracts): void {
    this.accounts.beginBlock(block.height);
    for (const { transaction, receipt } of block.transactions) {
      this.accounts.charge(transaction.sender, transaction.fee, FEE_RECIPIENT);
      this.accounts.apply(receipt.events);
      this.mempool.remove(transaction);
    }
    for (const [id, contract] of contracts) if (contract.height === block.height) this.contracts.set(id, contract);
    this.explorer.addBlock(block);
    this.#happened({ kind: 'block', block });
  }

  /** What somebody sees who knows no block above `height`, one of this chain's. */
  asOf(height: number): ChainView {
    const { genesisHash, bitcoin, explorer, accounts, contracts } = this;
    const tip = explorer.blockAt(height);
    if (tip === undefined) throw new CorruptionError(`expected a height up to ${this.tip.height}, was ${height}`);
    const now = (): boolean => this.tip.height === height;
    let mempool: Mempool | undefined;
    return {
      genesisHash,
      bitcoin,
      tip,
      explorer: explorer.asOf(height),
      accounts: { get: (address) => accounts.at(address, height) },
      contracts: {
        get: (id) => {
          const contract = contracts.get(id);
          return contract === undefined || contract.height > height ? undefined : contract;
        },
      },
      get mempool() {
        if (now()) return explorer.mempoolAt(height);
        mempool ??= explorer.mempoolAt(height);
        return mempool;
      },
    };
  }

  #happened<Kind extends Fact>(fact: Kind): Kind {
    this.history.push(fact);
    return fact;
  }
}
