import type { Height, Sequence } from '../../core/index.ts';
import type { GridLogEntry } from '../../execution/ports/chain.ts';
import type { MarketSnapshot } from '../../market/index.ts';

/** Why a follower reads the whole market anew. */
export type RestartReason =
  | 'first-poll'
  /** Someone asked for it, for example because the folding thread was lost. */
  | 'requested'
  /** The log leads to another digest than the node's from every event that is still known: a deep reorg, or a false log. */
  | 'log-does-not-chain'
  /** More events behind than a snapshot costs. */
  | 'far-behind'
  /** Too many polls in a row were lagging. */
  | 'indexer-stuck';

/** Every result is plain data, sent as it is to the thread that folds it. A superset of the market's `MarketUpdate`. */
export type PollResult = {
  /** The height at which the node answered. */
  readonly height: Height;
  /** The last event that the follower has reported, this result included. */
  readonly sequence: Sequence;
  /** Of all events up to that one. */
  readonly digest: string;
} & (
  | { readonly kind: 'idle' }
  /** The indexer does not yet hold what the node speaks of, or this node is behind the one before; nothing was applied. */
  | { readonly kind: 'lagging' }
  /** New events, oldest first, proven by the digest. */
  | { readonly kind: 'advanced'; readonly entries: readonly GridLogEntry[] }
  /** A reorg: every event above `toSequence` is gone, `entries` (oldest first, may be none) stand in their place. */
  | { readonly kind: 'rewound'; readonly toSequence: Sequence; readonly entries: readonly GridLogEntry[] }
  | { readonly kind: 'restarted'; readonly reason: RestartReason; readonly snapshot: MarketSnapshot }
);
