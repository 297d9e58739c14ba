import type { Chain } from './chain.ts';
import type { Faults } from './faults/faults.ts';
import type { ChainView } from './view.ts';

/** The chain as the indexer shows it: the node's own, unless a fault holds the indexer back. */
export class Indexer implements ChainView {
  readonly #chain: Chain;
  readonly #faults: Faults;
  #lagging: { readonly explorer: Chain['explorer']; readonly height: number; readonly view: ChainView } | undefined;

  constructor(chain: Chain, faults: Faults) {
    this.#chain = chain;
    this.#faults = faults;
  }

  get genesisHash(): string {
    return this.#view.genesisHash;
  }

  get bitcoin(): ChainView['bitcoin'] {
    return this.#view.bitcoin;
  }

  get tip(): ChainView['tip'] {
    return this.#view.tip;
  }

  get explorer(): ChainView['explorer'] {
    return this.#view.explorer;
  }

  get accounts(): ChainView['accounts'] {
    return this.#view.accounts;
  }

  get contracts(): ChainView['contracts'] {
    return this.#view.contracts;
  }

  get mempool(): ChainView['mempool'] {
    return this.#view.mempool;
  }

  get #view(): ChainView {
    if (!this.#faults.armed) return this.#chain;
    const { frozen, lag } = this.#faults;
    if (frozen !== undefined) return frozen;
    return lag === 0 ? this.#chain : this.#behind(lag);
  }

  /** The view is kept while it is the same block of the same history, since it is asked for many times a request. */
  #behind(blocks: number): ChainView {
    const { explorer, tip } = this.#chain;
    const height = tip.height - blocks;
    if (this.#lagging?.explorer !== explorer || this.#lagging.height !== height) {
      this.#lagging = { explorer, height, view: this.#chain.asOf(height) };
    }
    return this.#lagging.view;
  }
}
