import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatedColumns, generateRecording } from '../../backtest/data/generate/generate-recording.ts';
import {
  loadColumns,
  openRecording,
  type Recording,
  recordedEvents,
} from '../../backtest/data/recording/open-recording.ts';
import type { BenchResult } from './bench-result.ts';

const SIZES = [100_000, 1_000_000, 10_000_000];
const SEED = 1;
const MIB = 2 ** 20;

/** How fast recordings are made up and loaded, by the processor's time, and against only reading the same bytes. */
export async function recordingsBench(progress: (line: string) => void): Promise<BenchResult> {
  const base = mkdtempSync(join(tmpdir(), 'wattmaker-bench-'));
  try {
    const rows = SIZES.map((events) => {
      progress(`recordings: ${events} events`);
      return measure(join(base, String(events)), events);
    });
    return {
      name: `Recordings of generated events (seed ${SEED}), million events a second of processor time`,
      rows,
      limits: [
        'Segments come from the page cache. "in parts" reads each into memory that is used again, as backtests do; "at once"',
        'into new memory, where the kernel hands out each page for the first time. "raw" reads the same files into one buffer.',
      ],
    };
  } finally {
    rmSync(base, { recursive: true });
  }
}

function measure(folder: string, events: number): Record<string, string | number> {
  const parameters = { events, accounts: 200, openOffers: 200, eventsPerBlock: 10 };
  const made = secondsOf(() => drain(generatedColumns({ seed: SEED, parameters })));
  const written = secondsOf(() => generateRecording(folder, { seed: SEED, parameters }));
  const recording = openRecording(folder);
  const recorded = recordedEvents(recording);
  const raw = secondsOf(() => readRaw(recording));
  // The first pass makes the memory that the second one uses again, when it comes to it.
  const parts = secondsOf(() => drain(recorded.columns()));
  const resident = Math.round(process.memoryUsage().rss / MIB);
  const whole = secondsOf(() => loadColumns(recording));
  const rate = (seconds: number): string => (events / seconds / 1e6).toFixed(1);
  return {
    events,
    generate: rate(made),
    'generate and seal': rate(written),
    'load in parts': rate(parts),
    'load at once': rate(whole),
    raw: rate(raw),
    'in parts / raw': (raw / parts).toFixed(2),
    'MiB resident, in parts': resident,
  };
}

/** Seconds of processor time, kernel included: the wall clock says more of what else runs on the machine. */
function secondsOf(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function drain(parts: Iterable<unknown>): void {
  for (const _ of parts);
}

function readRaw({ folder, manifest }: Recording): void {
  const buffer = Buffer.alloc(Math.max(...manifest.segments.map(({ bytes }) => bytes)));
  for (const { file } of manifest.segments) {
    const descriptor = openSync(join(folder, file), 'r');
    for (let read = -1; read !== 0; ) read = readSync(descriptor, buffer);
    closeSync(descriptor);
  }
}
