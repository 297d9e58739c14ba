import type { Genesis } from './genesis.ts';
import { entryOf, type Fact } from './history.ts';
import { recall, replay } from './replay.ts';
import { ChainState } from './state.ts';
import { ClarityVm } from './vm/clarity-vm.ts';

/** A machine as it is after the first `facts` of a history: a new one, or one that goes back to a copy of its memory. */
interface Base {
  readonly vm: ClarityVm;
  readonly facts: number;
  readonly memory: Uint8Array | undefined;
}

/** A copy is taken so many blocks below the tip, so that a later reorganisation can go deeper than this one. */
const MARGIN = 10;
/** It is taken anew when so many facts have come since: it has some 100 MB. */
const FACTS_APART = 100;

/**
 * Builds a chain's state again after its history has become another one at its end. The first time, everything is run
 * again on a new machine; later on, only what came after the copy that was taken of its memory.
 */
export class Rebuilder {
  #copy: (Base & { readonly height: number }) | undefined;

  /** What to build on where the history stays as it was up to block `height`. */
  async base(genesis: Genesis, height: number): Promise<Base> {
    if (this.#copy !== undefined && this.#copy.height <= height) return this.#copy;
    return { vm: await ClarityVm.start(genesis), facts: 0, memory: undefined };
  }

  /** The state that `facts` make; `before`, the state that the same facts have made as far as `base` knows them, is used up. */
  rebuild(before: ChainState, facts: readonly Fact[], base: Base): ChainState {
    if (base.memory === undefined) before.vm.free();
    else base.vm.reset(base.memory);
    const state = new ChainState(before.genesis, base.vm, before.origin);
    recall(state, facts.slice(0, base.facts), before.contracts);
    const toCopy = Math.max(base.facts, factsBelowTip(facts, MARGIN));
    replay(state, facts.slice(base.facts, toCopy).map(entryOf));
    if (base.memory === undefined || toCopy - base.facts >= FACTS_APART) {
      this.#copy = { vm: state.vm, facts: toCopy, memory: state.vm.copy(), height: state.tip.height };
    }
    replay(state, facts.slice(toCopy).map(entryOf));
    return state;
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
