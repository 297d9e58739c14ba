import { ConfigError, unreachable } from '../../core/index.ts';
import type { Block } from '../block.ts';
import type { Chain } from '../chain.ts';
import { anotherGenesis } from '../genesis.ts';
import type { PendingTransaction } from '../mempool.ts';
import type { Reorg } from '../reorg.ts';
import { FORGET, type ForgetSelection, REORG, RESTART } from './actions.ts';
import type { Faults, Source } from './faults.ts';
import { parsed, parseFault } from './parse.ts';
import type { ChainEvent } from './schedule.ts';

export interface ChainFaultsDeps {
  readonly chain: Chain;
  readonly faults: Faults;
  /** Cuts the clients' connections, those of the admin routes apart. */
  readonly cutConnections: () => void;
}

/** What a block's time brought: the blocks that it made, none where it was missed. */
export interface PassedBlock {
  readonly mined: readonly Block[];
  readonly missed: boolean;
}

/** Bytes that come back to the mempool after so many blocks. */
interface Returning {
  readonly raw: Uint8Array;
  left: number;
}

/** Lets blocks pass, and does to the chain what admin routes and the schedule ask for. */
export class ChainFaults {
  readonly #deps: ChainFaultsDeps;
  #returning: Returning[] = [];

  constructor(deps: ChainFaultsDeps) {
    this.#deps = deps;
  }

  /** Mines a block, or misses it while the tip is stalled; then happens what the schedule has. */
  passBlock(): PassedBlock {
    const { chain, faults } = this.#deps;
    const missed = faults.stalled;
    const mined = missed ? [] : chain.mine();
    if (this.#returning.length > 0) this.#bringBack();
    if (faults.armed) {
      const drawn = faults.block();
      if (drawn !== undefined) this.#happen(drawn.what);
    }
    return { mined, missed };
  }

  /** @throws ConfigError for a wrong input, and for what the chain cannot do. */
  reorg(input: unknown, source: Source): Reorg {
    const { chain, faults } = this.#deps;
    const { depth, blocks = depth, staleForBlocks, ...rest } = parsed(REORG, input);
    const before = chain.asOf(chain.tip.height);
    const reorg = chain.reorg({ depth, blocks, ...rest });
    const { forkHeight, orphaned, mined } = reorg;
    const counted = `${orphaned.length} transactions, then ${blocks} blocks mined with ${mined.length}`;
    faults.note('reorg', source, `${depth} blocks above ${forkHeight} taken back with ${counted}`);
    if (staleForBlocks !== undefined) faults.add({ kind: 'indexer-freeze', forBlocks: staleForBlocks }, source, before);
    return reorg;
  }

  /** Loses waiting transactions; answers with their ids. @throws ConfigError for a wrong input or an unknown transaction. */
  forget(input: unknown, source: Source): readonly string[] {
    const { chain, faults } = this.#deps;
    const { transactions, as, returnAfterBlocks } = parsed(FORGET, input);
    const lost = this.#waiting(transactions);
    for (const { transaction } of lost) {
      chain.forget(transaction.txid, as);
      if (returnAfterBlocks !== undefined) this.#returning.push({ raw: transaction.raw, left: returnAfterBlocks });
    }
    const back = returnAfterBlocks === undefined ? '' : `, back after ${returnAfterBlocks} blocks`;
    if (lost.length > 0) faults.note('forget', source, `${lost.length} transactions ${as}${back}`);
    return lost.map(({ transaction }) => transaction.txid);
  }

  /** @throws ConfigError for a wrong input. */
  restart(input: unknown, source: Source): void {
    const { chain, faults, cutConnections } = this.#deps;
    const { state } = parsed(RESTART, input);
    if (state === 'keep') {
      chain.restart();
    } else {
      chain.discard(anotherGenesis(chain.genesis));
      this.#returning = [];
    }
    cutConnections();
    faults.note('restart', source, `state ${state === 'keep' ? 'kept' : 'discarded'}`);
  }

  #waiting(which: ForgetSelection): readonly PendingTransaction[] {
    const { mempool } = this.#deps.chain;
    if (which === 'all') return mempool.all();
    if ('sender' in which) {
      const { sender, nonce } = which;
      const nonces = mempool.noncesOf(sender).filter((one) => nonce === undefined || one === nonce);
      return nonces.flatMap((one) => mempool.at(sender, one) ?? []);
    }
    return which.map((txid) => {
      const pending = mempool.get(txid);
      if (pending !== undefined) return pending;
      throw new ConfigError(`transactions: expected ids of transactions that wait, was "0x${txid}"`);
    });
  }

  #bringBack(): void {
    for (const one of this.#returning) one.left -= 1;
    const due = this.#returning.filter(({ left }) => left === 0);
    this.#returning = this.#returning.filter(({ left }) => left > 0);
    // What has become impossible meanwhile is refused here as everywhere.
    for (const { raw } of due) this.#deps.chain.submit(raw);
  }

  #happen(event: ChainEvent): void {
    const { chain, faults } = this.#deps;
    switch (event.kind) {
      case 'fault':
        faults.add(parseFault(event.fault), 'schedule');
        return;
      case 'reorg': {
        const depth = Math.min(event.reorg.depth, chain.tip.height - chain.explorer.firstHeight);
        if (depth > 0) this.reorg({ ...event.reorg, depth }, 'schedule');
        return;
      }
      case 'forget':
        this.forget(event.forget, 'schedule');
        return;
      case 'restart':
        this.restart({}, 'schedule');
        return;
      default:
        unreachable(event, 'event');
    }
  }
}
