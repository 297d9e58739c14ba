import type { Accounts } from './accounts.ts';
import type { Block } from './block.ts';
import type { Contracts } from './contracts.ts';
import type { ExplorerView } from './explorer.ts';
import type { Mempool } from './mempool.ts';

/** The chain as one party sees it: what the indexer's routes answer from. */
export interface ChainView {
  readonly genesisHash: string;
  /** The one Bitcoin block below this chain: it never advances. `time` in seconds since the Unix epoch. */
  readonly bitcoin: { readonly height: number; readonly time: number };
  readonly tip: Block;
  readonly explorer: ExplorerView;
  readonly accounts: Pick<Accounts, 'get'>;
  readonly contracts: Pick<Contracts, 'get'>;
  readonly mempool: Pick<Mempool, 'all' | 'at' | 'noncesOf'>;
}
