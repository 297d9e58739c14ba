import { appendFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Log, wh } from '../../../src/core/index.ts';
import { parseReadings, statedNeed } from '../../../src/service/readings/reading.ts';
import { tailReadings } from '../../../src/service/readings/readings-tail.ts';

const at = (text: string): number => Date.parse(text);

describe('parseReadings', () => {
  it('default: passes over the header and reads whole Wh', () => {
    expect(parseReadings('time,produced_wh,consumed_wh\n2026-01-01T10:00:00Z,5,7\n', { firstLine: 1 })).toEqual([
      { kind: 'reading', reading: { at: at('2026-01-01T10:00:00Z'), produced: 5, consumed: 7 } },
    ]);
  });

  it.each([
    ['yesterday,1,2', 'expected an ISO 8601 time, was "yesterday"'],
    ['2026-01-01T10:00:00Z,1.5,2', 'expected whole Wh, was "1.5"'],
    ['2026-01-01T10:00:00Z,1,-2', 'expected whole Wh, was "-2"'],
    ['2026-01-01T10:00:00Z,1', 'expected time,produced_wh,consumed_wh, was 2026-01-01T10:00:00Z,1'],
    ['"open,1,2', 'is not CSV: "open,1,2'],
  ])('error: %s', (row, problem) => {
    expect(parseReadings(`\n${row}\n`, { firstLine: 4 })).toEqual([{ kind: 'bad', line: 5, problem }]);
  });
});

describe('statedNeed', () => {
  const row = (time: string, produced: number, consumed: number) => ({
    at: at(time),
    produced: wh(produced),
    consumed: wh(consumed),
  });

  it('default: the base plus the net consumption of the last 24 hours', () => {
    const rows = [
      row('2026-01-01T10:00:00Z', 0, 900),
      row('2026-01-02T09:00:00Z', 10, 50),
      row('2026-01-02T10:00:00Z', 0, 30),
    ];
    expect(statedNeed(wh(100), rows)).toBe(170);
  });

  it('behavior: a surplus never makes the need negative', () => {
    expect(statedNeed(wh(100), [row('2026-01-01T10:00:00Z', 500, 0)])).toBe(0);
  });
});

describe('tailReadings', () => {
  it('behavior: reads only complete new lines, names bad rows by line, and starts anew when the file is replaced', async () => {
    const warnings: string[] = [];
    const log: Log = {
      info: () => {},
      error: () => {},
      warn: (fields, text) => warnings.push(`${JSON.stringify(fields)} ${text}`),
    };
    const file = join(await mkdtemp(join(tmpdir(), 'wattmaker-readings-')), 'meter.csv');
    const tail = tailReadings({ log }, { file, base: wh(100) });
    expect(await tail.need()).toBe(100);
    expect(warnings).toHaveLength(1);

    await writeFile(file, 'time,produced_wh,consumed_wh\n2026-01-01T10:00:00Z,0,40\n2026-01-01T10:15:00Z,0,');
    expect(await tail.need()).toBe(140);
    await appendFile(file, '60\nnonsense\n');
    expect(await tail.need()).toBe(200);
    expect(warnings.at(-1)).toContain('"line":4');

    await writeFile(file, '2026-01-03T10:00:00Z,0,1\n');
    expect(await tail.need()).toBe(101);
    expect(warnings.at(-1)).toContain('from the start');
  });
});
