import { CorruptionError, type Height } from '../../src/core/index.ts';
import type { EventColumns } from '../data/event-columns.ts';
import type { Rows } from '../venue/venue.ts';

/** What a recording has of one block. */
export interface RecordedBlock {
  readonly height: Height;
  /** One part, or more where the block goes on in the next columns. */
  readonly rows: readonly Rows[];
}

/**
 * The blocks of columns that follow each other, lowest first; blocks without events are left out. A block is good until the
 * next one is asked for, which is written over it: there are millions of them.
 *
 * @throws CorruptionError where columns do not follow on those before, or heights fall.
 */
export function* blocksOf(parts: Iterable<EventColumns>): Generator<RecordedBlock> {
  let next: number | null = null;
  const pending: Mutable<Rows>[] = [];
  const block: Mutable<RecordedBlock> = { height: 0 as Height, rows: pending };
  for (const columns of parts) {
    if (next !== null && columns.firstSequence !== next) {
      throw new CorruptionError(`expected event ${next} to follow, was event ${columns.firstSequence}`);
    }
    next = columns.firstSequence + columns.length;
    for (let from = 0; from < columns.length; ) {
      const at = columns.height[from] as Height;
      const to = blockEnd(columns, from);
      if (at < block.height) {
        throw new CorruptionError(`expected a block at height ${block.height} or above, was at ${at}`);
      }
      if (at > block.height && pending.length > 0) {
        yield block;
        if (pending.length > 1) pending.length = 1;
        const [rows] = pending as [Mutable<Rows>];
        rows.columns = columns;
        rows.from = from;
        rows.to = to;
      } else pending.push({ columns, from, to });
      block.height = at;
      from = to;
    }
  }
  if (pending.length > 0) yield block;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The row after the last one of the block that begins at `from`. */
function blockEnd({ height, length }: EventColumns, from: number): number {
  const at = height[from];
  let to = from + 1;
  while (to < length && height[to] === at) to += 1;
  return to;
}
