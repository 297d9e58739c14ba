import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * The writes that a recording is made of, each of them durable when it returns. A test ends the process between any two,
 * and in the midst of an `append` or a `write`.
 */
export interface Disk {
  makeFolder(path: string): void;
  /** Adds bytes to the end of a file, which is made where it does not exist. */
  append(path: string, bytes: Uint8Array): void;
  /** Cuts a file down to its first bytes. */
  truncate(path: string, length: number): void;
  /** Makes a file anew. */
  write(path: string, bytes: Uint8Array): void;
  /** Puts a file in another's place at once, within one folder. */
  rename(from: string, to: string): void;
  /** Removes a file, if it is there. */
  remove(path: string): void;
}

export const fileDisk: Disk = {
  makeFolder(path) {
    if (existsSync(path)) return;
    mkdirSync(path, { recursive: true });
    syncFolder(dirname(path));
  },
  append(path, bytes) {
    const isNew = !existsSync(path);
    within(path, 'a', (file) => writeAll(file, bytes));
    if (isNew) syncFolder(dirname(path));
  },
  truncate: (path, length) => within(path, 'r+', (file) => ftruncateSync(file, length)),
  write: (path, bytes) => within(path, 'w', (file) => writeAll(file, bytes)),
  rename(from, to) {
    renameSync(from, to);
    syncFolder(dirname(to));
  },
  remove: (path) => rmSync(path, { force: true }),
};

function within(path: string, flags: string, action: (file: number) => void): void {
  const file = openSync(path, flags);
  try {
    action(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) done += writeSync(file, bytes, done);
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Makes a file whole or not at all: written aside, then renamed. */
export function replaceFile(disk: Disk, path: string, bytes: Uint8Array): void {
  disk.write(`${path}.new`, bytes);
  disk.rename(`${path}.new`, path);
}
