import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { ConfigError, FatalError } from '../../core/index.ts';

/** A lock that its holder has not touched for so long belongs to nobody; longer than any start blocks the event loop. */
const STALE_MS = 10_000;
/** How long the holder must stay dead before its lock is taken, for a new one to write down its name. */
const CONFIRM_DEAD_MS = 200;

const heldHere = new Set<string>();

/**
 * Takes a folder for this process alone, creates it where needed, and answers the function that gives it back. The lock
 * of a process that died on this machine is taken over at once, that of another machine or container after ten seconds
 * without a sign of life. `onLost` is told when the lock was taken away, for example after this process was suspended.
 *
 * @throws ConfigError when another process has it.
 */
export async function lockFolder(folder: string, onLost: (error: FatalError) => void): Promise<() => Promise<void>> {
  const path = resolve(folder);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const lockPath = join(path, '.lock');
  const holderFile = join(path, 'holder.json');
  const options = {
    lockfilePath: lockPath,
    stale: STALE_MS,
    update: STALE_MS / 5,
    onCompromised: (cause: Error) =>
      onLost(new FatalError(`the lock of data folder "${path}" was lost; another process may use it`, { cause })),
  };

  const deadline = performance.now() + STALE_MS + 1_000;
  let seenDead = false;
  for (;;) {
    const release = await lockfile.lock(path, options).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ELOCKED') throw error;
    });
    if (release !== undefined) {
      heldHere.add(path);
      await writeFile(holderFile, JSON.stringify({ pid: process.pid, host: hostname() }));
      return async () => {
        if (heldHere.delete(path)) await release();
      };
    }
    const holder = await readHolder(holderFile);
    const local = holder?.host === hostname();
    if (local && isAlive(holder.pid, path)) throw inUse(path, `process ${holder.pid}`);
    if (local && seenDead) await rmdir(lockPath).catch(() => undefined);
    if (performance.now() > deadline) {
      throw inUse(path, holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`);
    }
    seenDead = local;
    await delay(CONFIRM_DEAD_MS);
  }
}

function inUse(path: string, who: string): ConfigError {
  return new ConfigError(`data folder "${path}" is in use by ${who}`, {
    hints: ['Stop that process, or name another data folder.'],
  });
}

async function readHolder(file: string): Promise<{ pid: number; host: string } | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8'));
    return typeof holder.pid === 'number' && typeof holder.host === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number, path: string): boolean {
  // A restarted container often gives the same number to another process: this one.
  if (pid === process.pid) return heldHere.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
