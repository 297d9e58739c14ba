import { ConfigError } from '../../../src/core/index.ts';
import { timeCell, wholeCell } from './cells.ts';
import type { TableRow } from './table-file.ts';

/** When something happened: at a height, or at a time that is to become one. */
export type Moment = { readonly height: number } | { readonly time: number };

const WHOLE = /^\d+$/;

/** Reads a moment: a whole number is a height, anything else has to be a time. */
export function momentCell(row: TableRow, column: string): Moment {
  const cell = row.cells[column];
  if (!(cell instanceof Date) && WHOLE.test(String(cell ?? ''))) return { height: wholeCell(row, column, 1) };
  return { time: timeCell(row, column) };
}

/**
 * Turns moments into heights: the earliest time is in block 1, and a block is so many seconds long. What falls within a
 * block is in it (rounded down).
 *
 * @throws ConfigError where some moments are heights and others times.
 */
export function blockClock(
  moments: Iterable<Moment>,
  { blockSeconds }: { readonly blockSeconds: number },
): (moment: Moment) => number {
  let earliest = Number.POSITIVE_INFINITY;
  let heights = false;
  for (const moment of moments) {
    if ('height' in moment) heights = true;
    else earliest = Math.min(earliest, moment.time);
  }
  if (heights && earliest !== Number.POSITIVE_INFINITY) {
    throw new ConfigError('expected heights alone or times alone, was both', {
      hints: ['A whole number is a height; a time is ISO 8601, such as 2026-06-01T12:00:00Z.'],
    });
  }
  return (moment) =>
    'height' in moment ? moment.height : 1 + Math.floor((moment.time - earliest) / (blockSeconds * 1000));
}
