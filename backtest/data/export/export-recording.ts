import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { ConfigError } from '../../../src/core/index.ts';
import { NONE } from '../event-columns.ts';
import { readRow } from '../event-rows.ts';
import { columnParts, type Recording } from '../recording/open-recording.ts';
import { type Cell, cellsOf, type EventTable, eventTables, type TableType } from './export-table.ts';

export const exportFormats = ['parquet', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly table: keyof typeof eventTables;
  /** Hears how many events have been read. */
  readonly onProgress?: (events: number) => void;
}

/** Takes rows in batches. */
interface TableSink {
  write(rows: readonly (readonly Cell[])[]): void;
  close(): void;
}

const BATCH_ROWS = 50_000;

/**
 * Writes a recording's events, or its purchases alone, as one table. Answers how many rows it has. The file appears when it
 * is whole.
 *
 * @throws ConfigError where there is such a file already.
 */
export function exportRecording(recording: Recording, file: string, options: ExportOptions): number {
  const { format, onProgress = () => {} } = options;
  const table: EventTable = eventTables[options.table];
  if (existsSync(file)) {
    throw new ConfigError(`expected no file "${file}" yet, found one`, { hints: ['Name another file, or remove it.'] });
  }
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  const sink = format === 'csv' ? csvSink(partial, table) : parquetSink(partial, table);
  let rows = 0;
  for (const batch of batchesOf(recording, table, onProgress)) {
    sink.write(batch);
    rows += batch.length;
  }
  sink.close();
  renameSync(partial, file);
  return rows;
}

function* batchesOf(recording: Recording, table: EventTable, onProgress: (events: number) => void) {
  let batch: Cell[][] = [];
  let events = 0;
  for (const columns of columnParts(recording, { reuseMemory: true })) {
    for (let row = 0; row < columns.length; row += 1) {
      const event = readRow(columns, row);
      const transaction = columns.transaction[row] as number;
      if (table.isRow(event)) batch.push(cellsOf(table, event, transaction === NONE ? null : transaction));
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
      onProgress(events + row + 1);
    }
    events += columns.length;
    onProgress(events);
  }
  if (batch.length > 0) yield batch;
}

/** No cell needs quotes: they are numbers, addresses, topics. */
function csvSink(path: string, { columns }: EventTable): TableSink {
  const file = openSync(path, 'w');
  const write = (lines: readonly string[]): void => {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    for (let done = 0; done < bytes.byteLength; ) done += writeSync(file, bytes, done);
  };
  write([columns.map(({ name }) => name).join(',')]);
  return {
    write: (rows) => write(rows.map((cells) => cells.join(','))),
    close: () => closeSync(file),
  };
}

const parquetTypes = {
  integer: { type: 'INT64' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  boolean: { type: 'BOOLEAN' },
} as const;

function parquetSink(path: string, { columns }: EventTable): TableSink {
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
