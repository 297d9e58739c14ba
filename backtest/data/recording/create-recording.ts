import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../../src/core/index.ts';
import type { Disk } from './disk.ts';
import { isRecording, MANIFEST_FILE, type Manifest, SEGMENTS_FOLDER, writeManifest } from './manifest.ts';

/** What may stand in the folder of a recording that was not made to its end; its segments' folder is empty then. */
const OURS = new Set([SEGMENTS_FOLDER, `${MANIFEST_FILE}.new`, '.lock', 'holder.json']);

/**
 * Makes a recording without events in a folder that holds nothing yet.
 *
 * @throws ConfigError where there is a recording already, or something else.
 */
export function createRecording(disk: Disk, folder: string, head: Omit<Manifest, 'segments'>): Manifest {
  assertFree(folder);
  const manifest = { ...head, segments: [] };
  disk.makeFolder(folder);
  disk.makeFolder(join(folder, SEGMENTS_FOLDER));
  writeManifest(disk, folder, manifest);
  return manifest;
}

/** @throws ConfigError unless a recording can be made in the folder. */
export function assertFree(folder: string): void {
  if (isRecording(folder)) {
    throw new ConfigError(`expected no recording in "${folder}" yet, found one`, { hints: ['Name another folder.'] });
  }
  const namesIn = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);
  const foreign = namesIn(folder).find((name) => !OURS.has(name)) ?? namesIn(join(folder, SEGMENTS_FOLDER))[0];
  if (foreign !== undefined) {
    throw new ConfigError(`expected "${folder}" to be empty, found "${foreign}"`, { hints: ['Name another folder.'] });
  }
}
