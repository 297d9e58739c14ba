import { open } from 'node:fs/promises';
import type { Log, Wh } from '../../core/index.ts';
import { parseReadings, type Reading, statedNeed } from './reading.ts';

/** Follows a growing readings file. */
export interface ReadingsTail {
  /** Reads what was appended since the last call and answers the stated need now. */
  need(): Promise<Wh>;
}

const WINDOW_MS = 48 * 60 * 60 * 1000;

/**
 * Follows `file` as it grows. Only complete lines count, so a row that is being written is read next time; a file that
 * shrank was replaced and is read anew; a file that is not there yet states no need beyond the base.
 */
export function tailReadings(
  { log }: { readonly log: Log },
  { file, base }: { readonly file: string; readonly base: Wh },
): ReadingsTail {
  let offset = 0;
  let line = 1;
  let readings: Reading[] = [];
  let missing = false;

  const readAppended = async (): Promise<string | null> => {
    const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (!missing)
        log.warn({ file, code: error.code }, 'the readings file cannot be read; the stated need is the base');
      missing = true;
      return null;
    });
    if (handle === null) return null;
    missing = false;
    try {
      const { size } = await handle.stat();
      if (size < offset) {
        log.warn({ file }, 'the readings file shrank; reading it from the start');
        offset = 0;
        line = 1;
        readings = [];
      }
      const buffer = Buffer.alloc(size - offset);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
      const end = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      offset += end;
      return buffer.subarray(0, end).toString('utf8');
    } finally {
      await handle.close();
    }
  };

  return {
    async need() {
      const text = await readAppended();
      if (text) {
        for (const row of parseReadings(text, { firstLine: line })) {
          if (row.kind === 'reading') readings.push(row.reading);
          else log.warn({ file, line: row.line }, `a readings row was passed over: ${row.problem}`);
        }
        line += text.split('\n').length - 1;
        const last = readings.reduce((latest, reading) => Math.max(latest, reading.at), 0);
        readings = readings.filter((reading) => reading.at > last - WINDOW_MS);
      }
      return statedNeed(base, readings);
    },
  };
}
