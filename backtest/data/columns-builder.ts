import type { GridEvent } from '../../src/contract/index.ts';
import { CorruptionError, type Sequence, sequence } from '../../src/core/index.ts';
import { AccountIndex } from './accounts.ts';
import { type ColumnName, Columns, columnNames, columnTypes, type EventColumns, NONE } from './event-columns.ts';
import { readRow, writeRow } from './event-rows.ts';

type Arrays = Pick<EventColumns, ColumnName>;

function arraysOf(make: (name: ColumnName) => EventColumns[ColumnName]): Arrays {
  return Object.fromEntries(columnNames.map((name) => [name, make(name)])) as unknown as Arrays;
}

/** Collects events into columns. */
export class EventColumnsBuilder {
  /** The columns with all their room; the first `#length` rows are in use. */
  #room: EventColumns;
  #length = 0;

  /** @param options.capacity rows to make room for at first; room doubles as it is needed. @default 1024 */
  constructor(options: { accounts: AccountIndex; firstSequence: Sequence; capacity?: number }) {
    const { accounts, firstSequence, capacity = 1_024 } = options;
    const length = Math.max(1, capacity);
    const arrays = arraysOf((name) => new columnTypes[name](length));
    this.#room = new Columns({ length, firstSequence, accounts }, arrays);
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Adds the next event.
   *
   * @param transaction the index of its transaction in its block, where known.
   * @throws CorruptionError when it is not the next one, stands below the event before, or leaves a column's range.
   */
  push(event: GridEvent, transaction: number = NONE): void {
    const row = this.#length;
    const next = this.#room.firstSequence + row;
    if (event.sequence !== next) throw new CorruptionError(`expected event ${next}, was event ${event.sequence}`);
    const before = row === 0 ? 0 : (this.#room.height[row - 1] as number);
    if (event.height < before) {
      throw new CorruptionError(`expected event ${next} at height ${before} or above, was at ${event.height}`);
    }
    if (row === this.#room.length) this.#grow();
    writeRow(this.#room, row, event, transaction);
    this.#length = row + 1;
  }

  /** The events so far; these columns stay as they are while the builder goes on. */
  columns(): EventColumns {
    return columnsSlice(this.#room, 0, this.#length);
  }

  #grow(): void {
    const before = this.#room;
    const length = before.length * 2;
    const arrays = arraysOf((name) => {
      const column = new columnTypes[name](length);
      column.set(before[name]);
      return column;
    });
    this.#room = new Columns({ ...before, length }, arrays);
  }
}

/** The rows from `from` up to but not including `to`, over the same memory. */
export function columnsSlice(columns: EventColumns, from: number, to: number): EventColumns {
  if (!(0 <= from && from <= to && to <= columns.length)) {
    throw new CorruptionError(`expected a part of ${columns.length} rows, was from ${from} to ${to}`);
  }
  const { accounts } = columns;
  const head = { length: to - from, firstSequence: sequence(columns.firstSequence + from), accounts };
  return new Columns(
    head,
    arraysOf((name) => columns[name].subarray(from, to)),
  );
}

/**
 * Events as columns, exactly.
 *
 * @throws CorruptionError as `EventColumnsBuilder.push` does, and for no events.
 */
export function columnsOf(events: readonly GridEvent[], accounts: AccountIndex = new AccountIndex()): EventColumns {
  const [first] = events;
  if (first === undefined) throw new CorruptionError('expected at least one event, was none');
  const builder = new EventColumnsBuilder({ accounts, firstSequence: first.sequence, capacity: events.length });
  for (const event of events) builder.push(event);
  return builder.columns();
}

/** The events of columns, as the contract printed them. */
export function* eventsOf(columns: EventColumns): Generator<GridEvent> {
  for (let row = 0; row < columns.length; row += 1) yield readRow(columns, row);
}
