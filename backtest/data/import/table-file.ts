import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { ConfigError } from '../../../src/core/index.ts';

/** A row of a table, with the words that name it in an error. */
export interface TableRow {
  /** Such as `offers.csv line 17`. */
  readonly where: string;
  /** By column; what the file leaves empty is null. */
  readonly cells: Readonly<Record<string, unknown>>;
}

/**
 * The rows of a CSV (`.csv`, `.csv.gz`, with a line of names first) or Parquet (`.parquet`) file, in its order.
 *
 * @throws ConfigError for a file that is not there, of another kind, or not what its name says.
 */
export async function* readTable(file: string): AsyncGenerator<TableRow> {
  if (!existsSync(file)) throw new ConfigError(`expected a file "${file}", found none`);
  if (/\.parquet$/.test(file)) yield* parquetRows(file);
  else if (/\.csv(\.gz)?$/.test(file)) yield* csvRows(file);
  else throw new ConfigError(`expected a file that ends in .csv, .csv.gz or .parquet, was "${file}"`);
}

async function* csvRows(file: string): AsyncGenerator<TableRow> {
  const name = basename(file);
  let named = false;
  const columns = (names: string[]): string[] => {
    named = true;
    return names;
  };
  const rows = parse({ columns, info: true, trim: true, bom: true, skip_empty_lines: true });
  // A failure ends the iteration below with its error.
  const ended = (): void => {};
  if (file.endsWith('.gz')) pipeline(createReadStream(file), createGunzip(), rows, ended);
  else pipeline(createReadStream(file), rows, ended);
  try {
    for await (const { record, info } of rows as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      const cells = Object.entries(record).map(([column, cell]) => [column, cell === '' ? null : cell]);
      yield { where: `${name} line ${info.lines}`, cells: Object.fromEntries(cells) };
    }
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`expected ${file} to be CSV with a line of names first`, { cause });
  }
  if (!named) throw new ConfigError(`expected ${file} to be CSV with a line of names first, was empty`);
}

async function* parquetRows(file: string): AsyncGenerator<TableRow> {
  const name = basename(file);
  let rows: Readonly<Record<string, unknown>>[];
  try {
    rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  } catch (cause) {
    throw new ConfigError(`expected ${file} to be Parquet, uncompressed or in Snappy`, { cause });
  }
  for (const [index, cells] of rows.entries()) yield { where: `${name} row ${index + 1}`, cells };
}

/** The SHA-256 of a file's bytes. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
