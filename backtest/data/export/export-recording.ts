import { NONE } from '../event-columns.ts';
import { readRow } from '../event-rows.ts';
import { columnParts, type Recording } from '../recording/open-recording.ts';
import { type Cell, cellsOf, type EventTable, eventTables } from './export-table.ts';
import { BATCH_ROWS, type ExportFormat, openTable } from './table-sink.ts';

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly table: keyof typeof eventTables;
  /** Hears how many events have been read. */
  readonly onProgress?: (events: number) => void;
}

/**
 * Writes a recording's events, or its purchases alone, as one table. Answers how many rows it has. The file appears when it
 * is whole.
 *
 * @throws ConfigError where there is such a file already, or no folder for it.
 */
export function exportRecording(recording: Recording, file: string, options: ExportOptions): number {
  const { format, onProgress = () => {} } = options;
  const table: EventTable = eventTables[options.table];
  const sink = openTable(file, format, table.columns);
  let rows = 0;
  for (const batch of batchesOf(recording, table, onProgress)) {
    sink.write(batch);
    rows += batch.length;
  }
  sink.close();
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
