import { CorruptionError, type Sequence } from '../../core/index.ts';

/** The hash chain after one event, with the event's bytes (null for the one that a snapshot ended with). */
export interface KnownEvent {
  readonly sequence: Sequence;
  readonly digest: string;
  readonly hex: string | null;
}

/** The last events that were reported, as a value: where the follower stands and how far back it can go. */
export interface KnownEvents {
  readonly depth: number;
  /** Oldest first, without gaps, never empty. */
  readonly events: readonly KnownEvent[];
}

export function knownFrom(first: KnownEvent, depth: number): KnownEvents {
  return { depth, events: [first] };
}

export function lastKnown(known: KnownEvents): KnownEvent {
  const last = known.events.at(-1);
  if (last === undefined) throw new CorruptionError('expected a follower to know an event, was none');
  return last;
}

export function knownAt(known: KnownEvents, sequence: number): KnownEvent | undefined {
  const oldest = known.events[0];
  return oldest === undefined ? undefined : known.events[sequence - oldest.sequence];
}

/** Replaces everything above `toSequence` by `further` events, oldest first, and forgets what is deeper than `depth`. */
export function continueFrom(known: KnownEvents, toSequence: Sequence, further: readonly KnownEvent[]): KnownEvents {
  const kept = known.events.filter(({ sequence }) => sequence <= toSequence);
  return { ...known, events: [...kept, ...further].slice(-(known.depth + 1)) };
}
