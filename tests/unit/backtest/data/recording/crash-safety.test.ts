import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../../../backtest/data/columns-builder.ts';
import { createRecording } from '../../../../../backtest/data/recording/create-recording.ts';
import type { Disk } from '../../../../../backtest/data/recording/disk.ts';
import { isRecording } from '../../../../../backtest/data/recording/manifest.ts';
import { loadColumns, openRecording } from '../../../../../backtest/data/recording/open-recording.ts';
import { openRecordingWriter, type RecordingWriter } from '../../../../../backtest/data/recording/recording-writer.ts';
import type { GridEvent } from '../../../../../src/contract/index.ts';
import { height, sequence } from '../../../../../src/core/index.ts';
import { Crash, crashingDisk } from '../../../../support/crashing-disk.ts';
import { chainHead, contractLog, type LogEntry } from '../../../../support/recorded-events.ts';

const log = contractLog(10);
/** The same chain after a reorg took back all above its 21st event. */
const forked = contractLog(12, { flavour: 7 }).map((entry, index) => (index < 21 ? (log[index] as LogEntry) : entry));

interface Stage {
  readonly log: readonly LogEntry[];
  /** How many of its events no reorg takes back. */
  readonly final: number;
}

/** The chain as one poll of a recorder after the other meets it. */
const stages: readonly Stage[] = [
  { log: log.slice(0, 6), final: 0 },
  { log: log.slice(0, 13), final: 9 },
  { log: log.slice(0, 25), final: 13 },
  { log: forked.slice(0, 23), final: 13 },
  { log: forked, final: 27 },
];

const eventsIn = (entries: readonly LogEntry[]): GridEvent[] => entries.map(({ event }) => event);
const recorded = (folder: string): GridEvent[] => [...eventsOf(loadColumns(openRecording(folder)))];

/** Brings the recording to where the chain is, as one poll does. */
function follow(writer: RecordingWriter, stage: Stage): void {
  const sealed = writer.manifest.segments.reduce((sum, { events }) => sum + events, 0);
  let common = sealed;
  while (common < stage.log.length && writer.tail[common - sealed]?.hex === stage.log[common]?.hex) common += 1;
  writer.rewind(sequence(common));
  if (common < stage.log.length) writer.append(stage.log.slice(common));
  writer.seal({ throughHeight: height(stage.log[stage.final - 1]?.event.height ?? 0) });
}

/** Records all stages from one on; tells of each that it is done. */
function record(folder: string, disk: Disk, from: number, onDone: (stage: number) => void = () => {}): void {
  if (!isRecording(folder)) createRecording(disk, folder, chainHead);
  const writer = openRecordingWriter(folder, { disk, segmentEvents: 4 });
  for (const [index, stage] of stages.entries()) {
    if (index < from) continue;
    follow(writer, stage);
    onDone(index + 1);
  }
}

/** A reader sees the beginning of the log of this stage or of the one before, and never less than was sealed. */
function expectBeginning(folder: string, reached: number): void {
  const events = recorded(folder);
  const [before, now] = [stages[reached - 1], stages[reached]];
  const begins = [before, now].some((stage) => {
    const known = eventsIn(stage?.log ?? []).slice(0, events.length);
    return (
      known.length === events.length &&
      known.every((event, index) => expect.objectContaining(event).asymmetricMatch(events[index]))
    );
  });
  expect(begins).toBe(true);
  expect(events.length).toBeGreaterThanOrEqual(before?.final ?? 0);
}

/** Whether there was an operation of that number to crash in. */
function crashesIn(operation: number, torn: boolean): boolean {
  const base = mkdtempSync(join(tmpdir(), 'wattmaker-crash-'));
  const folder = join(base, 'recording');
  let reached = 0;
  try {
    record(folder, crashingDisk(operation, { torn }), 0, (stage) => {
      reached = stage;
    });
    return false;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    if (isRecording(folder)) expectBeginning(folder, reached);
    record(folder, crashingDisk(Number.POSITIVE_INFINITY, { torn }), reached);
    expect(recorded(folder)).toEqual(eventsIn(forked));
    return true;
  } finally {
    rmSync(base, { recursive: true });
  }
}

describe('a recording', () => {
  it.each([false, true])('behavior: survives a crash in any file operation (torn writes: %s)', (torn) => {
    let operation = 0;
    while (crashesIn(operation, torn)) operation += 1;
    expect(operation).toBeGreaterThan(40);
  });
});
