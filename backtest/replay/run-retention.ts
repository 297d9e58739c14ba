import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILE, TURNS_FOLDER } from './run-head.ts';

export interface RunRetention {
  /** Holds the recordings of runs, a folder each, named so that they sort by age. */
  readonly folder: string;
  /** Days that a run stays after it was last written. */
  readonly days: number;
  readonly maxMiB: number;
  readonly nowMs: number;
  /** The name of the run that goes on: of it no more than old turns go. */
  readonly current: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1 << 20;

interface Stored {
  readonly path: string;
  readonly bytes: number;
  readonly writtenMs: number;
}

/** Removes what is too old or too much: whole runs, the oldest first, then the oldest turns of the one that goes on. */
export function pruneRuns({ folder, days, maxMiB, nowMs, current }: RunRetention): void {
  const names = readdirSync(folder)
    .filter((name) => name !== current && existsSync(join(folder, name, RUN_FILE)))
    .sort();
  const others = names.map((name) => measure(join(folder, name)));
  const turns = turnFiles(join(folder, current));
  let bytes = [measure(join(folder, current)), ...others].reduce((sum, one) => sum + one.bytes, 0);
  for (const stored of [...others, ...turns]) {
    const tooOld = nowMs - stored.writtenMs > days * DAY_MS;
    if (!tooOld && bytes <= maxMiB * MIB) continue;
    rmSync(stored.path, { recursive: true, force: true });
    bytes -= stored.bytes;
  }
}

function measure(path: string): Stored {
  const { isDirectory, size, mtimeMs } = describe(path);
  if (!isDirectory) return { path, bytes: size, writtenMs: mtimeMs };
  const parts = readdirSync(path).map((name) => measure(join(path, name)));
  return {
    path,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    writtenMs: parts.reduce((latest, part) => Math.max(latest, part.writtenMs), 0),
  };
}

function describe(path: string): { readonly isDirectory: boolean; readonly size: number; readonly mtimeMs: number } {
  const stat = statSync(path);
  return { isDirectory: stat.isDirectory(), size: stat.size, mtimeMs: stat.mtimeMs };
}

/** All but the newest file of turns. */
function turnFiles(run: string): Stored[] {
  const folder = join(run, TURNS_FOLDER);
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.slice(0, -1).map((name) => measure(join(folder, name)));
}
