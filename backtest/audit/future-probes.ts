import { ConfigError, type Height, height, type Random, seededRandom } from '../../src/core/index.ts';
import { columnsSlice } from '../data/columns-builder.ts';
import { columnNames, type columnTypes, type EventColumns, EventKind, NONE } from '../data/event-columns.ts';

/** A recording whose future is another one from a height on. */
export interface FutureProbe {
  readonly name: 'cut' | 'shuffled' | 'perturbed';
  /** The last height up to which nothing was changed. */
  readonly through: Height;
  /** Made when it is asked for. */
  readonly columns: () => EventColumns;
}

/**
 * Three probes for each of some heights, chosen by the seed: what comes after is left out, put into another order, or happens
 * at other prices and amounts.
 *
 * @throws ConfigError for a recording with fewer than three blocks.
 */
export function futureProbes(
  columns: EventColumns,
  { seed, points }: { readonly seed: number; readonly points: number },
): readonly FutureProbe[] {
  const heights = [...new Set(columns.height.subarray(0, columns.length))].slice(1, -1);
  if (heights.length === 0) throw new ConfigError('expected a recording of three blocks or more to audit on');
  const random = seededRandom(seed);
  const chosen = random.shuffled(heights).slice(0, points);
  return chosen
    .sort((a, b) => a - b)
    .flatMap((at, index): FutureProbe[] => {
      const through = height(at);
      const future = rowAfter(columns, at);
      const seeded = (offset: number): Random => seededRandom((seed + 31 * index + offset) | 0);
      return [
        { name: 'cut', through, columns: () => columnsSlice(columns, 0, future) },
        { name: 'shuffled', through, columns: () => shuffled(columns, future, seeded(1)) },
        { name: 'perturbed', through, columns: () => perturbed(columns, future, seeded(2)) },
      ];
    });
}

/** The first row above a height. */
function rowAfter(columns: EventColumns, at: number): number {
  let row = 0;
  while (row < columns.length && (columns.height[row] as number) <= at) row += 1;
  return row;
}

function copied(columns: EventColumns): EventColumns {
  const arrays = columnNames.map((name) => [name, columns[name].slice(0, columns.length)] as const);
  return { ...columns, ...Object.fromEntries(arrays) } as EventColumns;
}

/** What stays in its place when events change theirs. */
const placed = new Set<string>(['height', 'transaction']);

function shuffled(columns: EventColumns, from: number, random: Random): EventColumns {
  const copy = copied(columns);
  const order = random.shuffled(Array.from({ length: columns.length - from }, (_, index) => from + index));
  for (const name of columnNames) {
    if (placed.has(name)) continue;
    const source = columns[name];
    const target = copy[name] as InstanceType<(typeof columnTypes)[typeof name]>;
    for (const [index, row] of order.entries()) target[from + index] = source[row] as number;
  }
  copy.transaction.fill(NONE, from);
  return copy;
}

/** Per cent of what it was that a price or an amount becomes. */
const [LEAST, MOST] = [25, 400] as const;

function perturbed(columns: EventColumns, from: number, random: Random): EventColumns {
  const copy = copied(columns);
  const other = (value: number): number =>
    value === 0 ? 0 : Math.max(1, Math.floor((value * random.integer(LEAST, MOST)) / 100));
  for (let row = from; row < copy.length; row += 1) {
    switch (copy.kind[row]) {
      case EventKind.tradeListed:
        copy.amount[row] = other(copy.amount[row] as number);
        copy.price[row] = other(copy.price[row] as number);
        break;
      case EventKind.energyPriceSet:
        copy.price[row] = other(copy.price[row] as number);
        break;
      case EventKind.energyAdded:
      case EventKind.fundsAdded:
        copy.amount[row] = other(copy.amount[row] as number);
        break;
      case EventKind.readingRecorded:
        copy.amount[row] = other(copy.amount[row] as number);
        copy.second[row] = other(copy.second[row] as number);
        break;
    }
  }
  return copy;
}
