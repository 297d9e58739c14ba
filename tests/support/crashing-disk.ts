import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { Disk } from '../../backtest/data/recording/disk.ts';

/** The end of a process, as far as one process can play it: nothing after this reaches the disk. */
export class Crash extends Error {}

/**
 * A disk that carries out so many operations and crashes in the one after: before anything of it happened, or, `torn`,
 * when half of its bytes were written.
 */
export function crashingDisk(operations: number, { torn }: { readonly torn: boolean }): Disk {
  let done = 0;
  const step = (whole: () => void, half: () => void = () => {}): void => {
    if (done > operations) throw new Crash('the process had ended');
    done += 1;
    if (done > operations) {
      if (torn) half();
      throw new Crash(`ended in operation ${operations}`);
    }
    whole();
  };
  const halfOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.ceil(bytes.byteLength / 2));
  return {
    makeFolder: (path) => step(() => mkdirSync(path, { recursive: true })),
    append: (path, bytes) =>
      step(
        () => appendFileSync(path, bytes),
        () => appendFileSync(path, halfOf(bytes)),
      ),
    truncate: (path, length) => step(() => truncateSync(path, length)),
    write: (path, bytes) =>
      step(
        () => writeFileSync(path, bytes),
        () => writeFileSync(path, halfOf(bytes)),
      ),
    rename: (from, to) => step(() => renameSync(from, to)),
    remove: (path) => step(() => rmSync(path, { force: true })),
  };
}
