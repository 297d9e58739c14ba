/** A page through a list that is kept oldest first and shown newest first. */
export interface CursorPage<T> {
  readonly results: readonly T[];
  /** The first row of the page that is newer by a whole page. */
  readonly newer: T | undefined;
  /** The first row of the next older page. */
  readonly older: T | undefined;
  readonly current: T | undefined;
}

/**
 * Cuts a page out of `list`, its newest row at `start` (an index into the list).
 * Source of the cursors' places: stacks-blockchain-api, datastore/pg-store-v2.ts, getBlocks.
 */
export function pageDown<T>(list: readonly T[], start: number, limit: number): CursorPage<T> {
  const from = Math.max(start - limit + 1, 0);
  const results = start < 0 ? [] : list.slice(from, start + 1).reverse();
  return { results, newer: list[start + limit], older: list[start - limit], current: results[0] };
}

/** The index of the row for which `compare` is 0 in a list that rises by it, or -1. */
export function findRow<T>(list: readonly T[], compare: (row: T) => number): number {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compare(list[middle] as T);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Microblocks are gone; their place in a cursor is the largest 32-bit integer. */
const MICROBLOCK = 2_147_483_647;

export const cursorText = (...parts: readonly number[]): string => [parts[0], MICROBLOCK, ...parts.slice(1)].join(':');

/** The numbers of a cursor `height:microblock:…` without the microblock's, or `undefined` when it is none. */
export function parseCursor(text: string, count: number): readonly number[] | undefined {
  const parts = text.split(':').map(Number);
  if (parts.length !== count + 1 || !/^\d+(:\d+)*$/.test(text) || parts[1] !== MICROBLOCK) return undefined;
  return [parts[0] as number, ...parts.slice(2)];
}

/** Compares two rows place by place. */
export function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (const [index, place] of a.entries()) {
    const difference = place - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
