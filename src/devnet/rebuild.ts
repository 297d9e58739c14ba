import type { Genesis } from './genesis.ts';
import { entryOf, type Fact } from './history.ts';
import { recall, replay } from './replay.ts';
import { ChainState } from './state.ts';
import type { ClarityVm } from './vm/clarity-vm.ts';

/** The machine's memory as it is after the first `facts` of a history, at block `height`. */
interface Copy {
  readonly memory: Uint8Array;
  readonly facts: number;
  readonly height: number;
}

/** A later copy is taken so many blocks below the tip, so that the next reorganisation can go deeper than this one. */
const MARGIN = 10;
/** It is taken where so many facts were run again, and would be the next time: it has some 100 MB. */
const FACTS_APART = 100;

/**
 * Builds a chain's state again after its history has become another one at its end: takes the machine back to a copy of
 * its memory, the first one or a later one, and runs again what came after.
 */
export class Rebuilder {
  readonly #vm: ClarityVm;
  readonly #first: Copy;
  #later: Copy | undefined;

  /** `vm` knows nothing but the genesis yet. */
  constructor(vm: ClarityVm) {
    this.#vm = vm;
    this.#first = { memory: vm.copy(), facts: 0, height: vm.height };
  }

  /** The state that `facts` make; up to block `height` they are those that made `before`, which is used up. */
  rebuild(before: ChainState, facts: readonly Fact[], height: number): ChainState {
    // A copy of what is taken back is one of another history from now on.
    if (this.#later !== undefined && this.#later.height > height) this.#later = undefined;
    const base = this.#later ?? this.#first;
    this.#vm.reset(base.memory);
    const state = new ChainState(before.genesis, this.#vm, before.origin);
    recall(state, facts.slice(0, base.facts), before.contracts);
    const toCopy = Math.max(base.facts, factsBelowTip(facts, MARGIN));
    replay(state, facts.slice(base.facts, toCopy).map(entryOf));
    if (toCopy - base.facts >= FACTS_APART) {
      this.#later = { memory: this.#vm.copy(), facts: toCopy, height: state.tip.height };
    }
    replay(state, facts.slice(toCopy).map(entryOf));
    return state;
  }

  /** The state of another chain that knows nothing. */
  begin({ origin }: ChainState, genesis: Genesis): ChainState {
    this.#vm.reset(this.#first.memory);
    this.#later = undefined;
    return new ChainState(genesis, this.#vm, origin);
  }
}

/** How many facts came before the newest `blocks` blocks. */
function factsBelowTip(facts: readonly Fact[], blocks: number): number {
  let left = blocks;
  let index = facts.length;
  while (left > 0 && index > 0) {
    index -= 1;
    if (facts[index]?.kind === 'block') left -= 1;
  }
  return index;
}
