import { parse } from 'csv-parse/sync';
import { type Wh, wh } from '../../core/index.ts';

/** One row of a meter: energy produced and consumed up to `at`, since the row before. */
export interface Reading {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly produced: Wh;
  readonly consumed: Wh;
}

export type ParsedRow =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'bad'; readonly line: number; readonly problem: string };

const HEADER = ['time', 'produced_wh', 'consumed_wh'];
const INTEGER = /^\d+$/;

/**
 * Parses complete lines of a readings file, `time,produced_wh,consumed_wh`, ISO 8601 time and whole Wh. A header line and
 * empty lines are passed over; a bad row is named and the rest goes on.
 *
 * @param firstLine the number of the first line of `text` in its file, from 1.
 */
export function parseReadings(text: string, { firstLine }: { readonly firstLine: number }): ParsedRow[] {
  return text.split('\n').flatMap((line, index): ParsedRow[] => {
    if (line.trim() === '') return [];
    const bad = (problem: string): ParsedRow[] => [{ kind: 'bad', line: firstLine + index, problem }];
    const cells = cellsOf(line);
    if (cells === null) return bad(`is not CSV: ${line}`);
    if (cells.join() === HEADER.join()) return [];
    if (cells.length !== HEADER.length) return bad(`expected ${HEADER.join(',')}, was ${line}`);
    const [time = '', produced = '', consumed = ''] = cells;
    const at = Date.parse(time);
    if (Number.isNaN(at)) return bad(`expected an ISO 8601 time, was "${time}"`);
    for (const cell of [produced, consumed]) {
      if (!INTEGER.test(cell) || !Number.isSafeInteger(Number(cell))) return bad(`expected whole Wh, was "${cell}"`);
    }
    return [{ kind: 'reading', reading: { at, produced: wh(Number(produced)), consumed: wh(Number(consumed)) } }];
  });
}

function cellsOf(line: string): string[] | null {
  try {
    const [row = []] = parse(line, { trim: true });
    return row;
  } catch {
    return null;
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The need that readings state: the base plus what the home consumed beyond its own production in the 24 hours before its
 * last reading; never negative.
 */
export function statedNeed(base: Wh, readings: readonly Reading[]): Wh {
  const last = readings.reduce((latest, reading) => Math.max(latest, reading.at), 0);
  const net = readings
    .filter((reading) => reading.at > last - DAY_MS)
    .reduce((sum, reading) => sum + BigInt(reading.consumed) - BigInt(reading.produced), 0n);
  const need = BigInt(base) + net;
  return wh(need > 0n ? need : 0n);
}
