import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { ConfigError } from '../../../src/core/index.ts';
import type { Cell, TableColumn, TableType } from './export-table.ts';

export const exportFormats = ['parquet', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Rows of a group of a Parquet file, and of a batch that is written at once. */
export const BATCH_ROWS = 50_000;

/** Takes rows in batches. */
export interface TableSink {
  write(rows: readonly (readonly Cell[])[]): void;
  /** The file appears now that it is whole. */
  close(): void;
}

/**
 * The format that a file's name ends in.
 *
 * @throws ConfigError where it is none of them.
 */
export function formatOf(file: string): ExportFormat {
  const format = exportFormats.find((each) => file.endsWith(`.${each}`));
  if (format !== undefined) return format;
  throw new ConfigError(`expected a file that ends in .parquet or .csv, was "${file}"`, {
    hints: ['The ending says which format it has.'],
  });
}

/** @throws ConfigError where there is such a file already, or no folder for it. */
export function assertNewFile(file: string): void {
  if (existsSync(file)) {
    throw new ConfigError(`expected no file "${file}" yet, found one`, { hints: ['Name another file, or remove it.'] });
  }
  const folder = dirname(file);
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  throw new ConfigError(`expected a file in a folder that exists, was "${file}"`, {
    hints: [`Make the folder ${folder} first.`],
  });
}

/** Begins a table in a new file. @throws ConfigError as `assertNewFile` does. */
export function openTable(file: string, format: ExportFormat, columns: readonly TableColumn[]): TableSink {
  assertNewFile(file);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  const sink = format === 'csv' ? csvSink(partial, columns) : parquetSink(partial, columns);
  return {
    write: (rows) => sink.write(rows),
    close: () => {
      sink.close();
      renameSync(partial, file);
    },
  };
}

const csvCell = (cell: Cell): string => {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function csvSink(path: string, columns: readonly TableColumn[]): TableSink {
  const file = openSync(path, 'w');
  const write = (lines: readonly string[]): void => {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    for (let done = 0; done < bytes.byteLength; ) done += writeSync(file, bytes, done);
  };
  write([columns.map(({ name }) => name).join(',')]);
  return {
    write: (rows) => write(rows.map((cells) => cells.map(csvCell).join(','))),
    close: () => closeSync(file),
  };
}

const parquetTypes = {
  integer: { type: 'INT64' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  boolean: { type: 'BOOLEAN' },
} as const;

function parquetSink(path: string, columns: readonly TableColumn[]): TableSink {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL' as const, ...parquetTypes[type] })),
    ],
  });
  const parquetValue = (type: TableType, cell: Cell): unknown =>
    type === 'integer' && cell !== null ? BigInt(cell) : cell;
  return {
    write: (rows) => {
      writer.write({
        columnData: columns.map(({ name, type }, index) => ({
          name,
          data: rows.map((cells) => parquetValue(type, cells[index] ?? null)),
        })),
        rowGroupSize: BATCH_ROWS,
      });
    },
    close: () => void writer.finish(),
  };
}
