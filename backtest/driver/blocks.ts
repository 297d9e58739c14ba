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
 * The blocks of columns that follow each other, lowest first; blocks without events are left out.
 *
 * @throws CorruptionError where columns do not follow on those before, or heights fall.
 */
export function* blocksOf(parts: Iterable<EventColumns>): Generator<RecordedBlock> {
  let next: number | null = null;
  let height = 0;
  let pending: Rows[] = [];
  for (const columns of parts) {
    if (next !== null && columns.firstSequence !== next) {
      throw new CorruptionError(`expected event ${next} to follow, was event ${columns.firstSequence}`);
    }
    next = columns.firstSequence + columns.length;
    let from = 0;
    while (from < columns.length) {
      const at = columns.height[from] as number;
      let to = from + 1;
      while (to < columns.length && columns.height[to] === at) to += 1;
      if (at < height) throw new CorruptionError(`expected a block at height ${height} or above, was at ${at}`);
      if (at > height && pending.length > 0) {
        yield { height: height as Height, rows: pending };
        pending = [];
      }
      height = at;
      pending.push({ columns, from, to });
      from = to;
    }
  }
  if (pending.length > 0) yield { height: height as Height, rows: pending };
}
