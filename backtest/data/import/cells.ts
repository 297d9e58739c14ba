import { ConfigError, MAX_AMOUNT } from '../../../src/core/index.ts';
import type { TableRow } from './table-file.ts';

const bad = ({ where }: TableRow, column: string, expected: string, was: unknown): ConfigError =>
  new ConfigError(`${where}: expected ${expected} in "${column}", was ${was === null ? 'empty' : `"${String(was)}"`}`);

/** What is wrong with one row is wrong with all. */
class MissingColumn extends ConfigError {}

/** Whether the file has the column at all. */
export const hasColumn = ({ cells }: TableRow, column: string): boolean => Object.hasOwn(cells, column);

function cellOf(row: TableRow, column: string): unknown {
  if (!hasColumn(row, column)) {
    throw new MissingColumn(`${row.where}: expected a column "${column}", has ${Object.keys(row.cells).join(', ')}`);
  }
  return row.cells[column] ?? null;
}

/** A cell that may be empty, or whose column may be missing. */
export function optional<T>(row: TableRow, column: string, read: (row: TableRow, column: string) => T): T | null {
  return (row.cells[column] ?? null) === null ? null : read(row, column);
}

/** Text that is not empty. @throws ConfigError naming the row, as all below. */
export function textCell(row: TableRow, column: string): string {
  const cell = cellOf(row, column);
  if (cell === null) throw bad(row, column, 'a name', cell);
  return String(cell);
}

/** A finite number. */
export function numberCell(row: TableRow, column: string): number {
  const cell = cellOf(row, column);
  const number = cell === null ? Number.NaN : Number(cell);
  if (!Number.isFinite(number)) throw bad(row, column, 'a number', cell);
  return number;
}

/** A whole number of at least `least`, within what the contract can hold. */
export function wholeCell(row: TableRow, column: string, least = 0): number {
  const cell = cellOf(row, column);
  const number = cell === null ? Number.NaN : Number(cell);
  if (!Number.isSafeInteger(number) || number < least) {
    throw bad(row, column, `a whole number from ${least} to ${MAX_AMOUNT}`, cell);
  }
  return number;
}

/** A time in milliseconds since the Unix epoch: ISO 8601, taken as UTC where it names no zone. */
export function timeCell(row: TableRow, column: string): number {
  const cell = cellOf(row, column);
  if (cell instanceof Date) return cell.getTime();
  const text = String(cell ?? '').replace(' ', 'T');
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(at)) throw bad(row, column, 'an ISO 8601 time', cell);
  return at;
}

/** So many problems are named before the rest is left out. */
const MOST_NAMED = 10;

/** Reads every row, and goes on past bad ones to name them together. @throws ConfigError naming the bad rows. */
export async function readRows<T>(rows: AsyncIterable<TableRow>, read: (row: TableRow) => T): Promise<T[]> {
  const results: T[] = [];
  const problems: string[] = [];
  for await (const row of rows) {
    try {
      results.push(read(row));
    } catch (error) {
      if (!(error instanceof ConfigError) || error instanceof MissingColumn) throw error;
      problems.push(error.message);
    }
  }
  const [first] = problems;
  if (first === undefined) return results;
  const further = problems.slice(1, MOST_NAMED);
  const left = problems.length - further.length - 1;
  throw new ConfigError(first, { hints: left > 0 ? [...further, `and ${left} more rows`] : further });
}
