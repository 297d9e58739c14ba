import { decodeEvent, type GridEvent } from '../../src/contract/index.ts';
import { CorruptionError } from '../../src/core/index.ts';
import { eventsOf } from '../data/columns-builder.ts';
import { columnParts, type Recording } from '../data/recording/open-recording.ts';
import type { Rewind } from './journal-turn.ts';

/**
 * The events of a run as its turns saw them. The recording holds those that stayed; what a reorg took away later stands
 * among the turns. So at any turn an event is the one that the next reorg below it removed, or where none did the
 * recording's.
 */
export class SeenEvents {
  readonly #rewinds: readonly Rewind[];
  readonly #recorded: Iterator<GridEvent>;
  #next: number;

  constructor(recording: Recording, rewinds: Iterable<Rewind>) {
    this.#rewinds = [...rewinds];
    this.#recorded = allEvents(recording);
    this.#next = recording.firstSequence;
  }

  /** The events above `after` up to `through` as the turn saw them; called by turn, in their order. */
  between(after: number, through: number, turn: number): readonly GridEvent[] {
    return Array.from({ length: Math.max(through - after, 0) }, (_, index) => this.#eventAt(after + 1 + index, turn));
  }

  #eventAt(sequence: number, turn: number): GridEvent {
    const rewind = this.#rewinds.find((each) => each.turn > turn && each.toSequence < sequence);
    if (rewind === undefined) return this.#takeRecorded(sequence);
    const hex = rewind.removed[sequence - rewind.toSequence - 1];
    if (hex === undefined) {
      throw new CorruptionError(`expected the reorg before turn ${rewind.turn} to have removed event ${sequence}`);
    }
    return decodeEvent(hex);
  }

  #takeRecorded(sequence: number): GridEvent {
    const { value, done } = this.#recorded.next();
    if (done === true || this.#next !== sequence) {
      const was = done === true ? 'none' : `event ${this.#next}`;
      throw new CorruptionError(`expected the recording to hold event ${sequence} next, was ${was}`);
    }
    this.#next += 1;
    return value;
  }
}

function* allEvents(recording: Recording): Generator<GridEvent> {
  for (const columns of columnParts(recording)) yield* eventsOf(columns);
}
