import { CorruptionError, type Sequence, unreachable } from '../core/index.ts';
import { type HeightedEvent, openHistory } from './price-history.ts';
import { type MarketSnapshot, marketFromSnapshot } from './snapshot.ts';
import { advanceTimeline, openTimeline, rewindTimeline, type Timeline } from './timeline.ts';

/** What following the chain found; plain data, oldest event first. */
export type MarketUpdate =
  /** Nothing that is known for sure has changed. */
  | { readonly kind: 'idle' | 'lagging' }
  | { readonly kind: 'advanced'; readonly entries: readonly HeightedEvent[] }
  /** The chain took back every event above `toSequence` and put `entries` in their place. */
  | { readonly kind: 'rewound'; readonly toSequence: Sequence; readonly entries: readonly HeightedEvent[] }
  /** What was known no longer counts: the market begins anew here. */
  | { readonly kind: 'restarted'; readonly snapshot: MarketSnapshot };

export interface UpdateOptions {
  /** As for `openHistory`, where the market begins anew. */
  readonly historyCapacity?: number;
  /** As for `openTimeline`, where the market begins anew. */
  readonly depth?: number;
}

/**
 * The timeline after an update. There is none before the first snapshot, so the first update must bring one.
 *
 * @throws CorruptionError as the fold does, and for a first update without a snapshot.
 */
export function applyUpdate(timeline: Timeline | null, update: MarketUpdate, options: UpdateOptions = {}): Timeline {
  if (update.kind === 'restarted') return timelineFromSnapshot(update.snapshot, options);
  if (timeline === null) throw new CorruptionError(`expected a snapshot as the first update, was ${update.kind}`);
  switch (update.kind) {
    case 'idle':
    case 'lagging':
      return timeline;
    case 'advanced':
      return advanceTimeline(timeline, update.entries);
    case 'rewound':
      return advanceTimeline(rewindTimeline(timeline, update.toSequence), update.entries);
    default:
      return unreachable(update, 'market update');
  }
}

function timelineFromSnapshot(snapshot: MarketSnapshot, options: UpdateOptions): Timeline {
  const { historyCapacity: capacity, depth } = options;
  const state = marketFromSnapshot(snapshot);
  const history = openHistory(state, {
    height: snapshot.summary.height,
    ...(capacity === undefined ? {} : { capacity }),
  });
  return openTimeline({ state, history }, depth === undefined ? {} : { depth });
}
