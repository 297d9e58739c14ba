import { List } from 'immutable';
import { CorruptionError, type Sequence } from '../core/index.ts';
import { evolve } from './evolve.ts';
import { type HeightedEvent, type PriceHistory, recordEvent } from './price-history.ts';
import type { MarketState } from './state.ts';

/** The market and its prices after one event. */
export interface Moment {
  readonly state: MarketState;
  readonly history: PriceHistory;
}

/** How many events can be taken back. Who follows the chain and who folds what it reports keep the same number. */
export const REWIND_DEPTH = 500;

/** The present with as much of the past as a reorg may take back; as a value, like the states in it. */
export interface Timeline {
  readonly depth: number;
  /** One a sequence number without gaps, oldest first, the present last; at most `depth` + 1. */
  readonly moments: List<Moment>;
}

export function openTimeline(moment: Moment, options: { readonly depth?: number } = {}): Timeline {
  return { depth: options.depth ?? REWIND_DEPTH, moments: List([moment]) };
}

export function present(timeline: Timeline): Moment {
  const moment = timeline.moments.last();
  if (moment === undefined) throw new CorruptionError('expected a timeline to hold its present, was empty');
  return moment;
}

/**
 * The timeline after further events, oldest first.
 *
 * @throws CorruptionError as `evolve` does; `timeline` itself stays as it is.
 */
export function advanceTimeline(timeline: Timeline, entries: readonly HeightedEvent[]): Timeline {
  let { state, history } = present(timeline);
  const moments = timeline.moments.withMutations((list) => {
    for (const entry of entries) {
      state = evolve(state, entry.event);
      history = recordEvent(history, entry);
      list.push({ state, history });
      if (list.size > timeline.depth + 1) list.shift();
    }
  });
  return { ...timeline, moments };
}

/**
 * The timeline as it was after event `toSequence`.
 *
 * @throws CorruptionError when that moment is not among those kept.
 */
export function rewindTimeline(timeline: Timeline, toSequence: Sequence): Timeline {
  const oldest = timeline.moments.first() ?? present(timeline);
  const index = toSequence - oldest.state.sequence;
  if (index < 0 || index >= timeline.moments.size) {
    throw new CorruptionError(
      `expected to rewind to an event from ${oldest.state.sequence} to ${present(timeline).state.sequence}, was ${toSequence}`,
    );
  }
  return { ...timeline, moments: timeline.moments.take(index + 1) };
}
