import { type Sequence, sequence } from '../../../src/core/index.ts';
import type { AccountIndex } from '../accounts.ts';
import { columnNames, columnTypes, type EventColumns, type EventKind, NONE } from '../event-columns.ts';

/** A place that events are written into row by row, without an object for any of them, and taken from in parts. */
export class EventRowsBuffer {
  readonly columns: EventColumns;
  #length = 0;
  #firstSequence: Sequence;
  #height = 0;
  #transaction = 0;

  /** @param capacity rows that it has room for. */
  constructor(options: {
    readonly accounts: AccountIndex;
    readonly firstSequence: Sequence;
    readonly capacity: number;
  }) {
    const { accounts, firstSequence, capacity } = options;
    const arrays = columnNames.map((name) => [name, new columnTypes[name](capacity)]);
    this.columns = { length: capacity, firstSequence, accounts, ...Object.fromEntries(arrays) } as EventColumns;
    this.#firstSequence = firstSequence;
  }

  get length(): number {
    return this.#length;
  }

  /** The number of the event that `add` writes next. */
  get nextSequence(): number {
    return this.#firstSequence + this.#length;
  }

  /** What follows is in the block of this height. */
  beginBlock(height: number): void {
    this.#height = height;
    this.#transaction = 0;
  }

  /** Begins a row, a transaction of its own, and answers its index; columns that are not written hold nothing. */
  add(kind: EventKind, account = NONE): number {
    const row = this.#length;
    const { columns } = this;
    columns.kind[row] = kind;
    columns.height[row] = this.#height;
    columns.transaction[row] = this.#transaction;
    columns.account[row] = account;
    columns.other[row] = NONE;
    columns.operator[row] = NONE;
    this.#transaction += 1;
    this.#length = row + 1;
    return row;
  }

  /** The rows so far, over the buffer's own memory: they are gone with the next call. */
  rows(): EventColumns {
    return { ...this.columns, length: this.#length, firstSequence: this.#firstSequence };
  }

  /** Empties the buffer; the next row has the next sequence. */
  clear(): void {
    this.#firstSequence = sequence(this.#firstSequence + this.#length);
    for (const name of columnNames) this.columns[name].fill(0, 0, this.#length);
    this.#length = 0;
  }
}
