import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { TransientError } from '../core/index.ts';

const LOCK = 'devnet.lock';
const OWNER = 'devnet.pid';
/** Only matters when the owner's number was given to another process; a dead owner's lock is taken at once. */
const STALE_MS = 60_000;

/**
 * Makes `folder` this process' own.
 *
 * @returns how to give it up.
 * @throws TransientError when another process holds it.
 */
export function lockFolder(folder: string, onLost: (error: Error) => void): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const owner = join(folder, OWNER);
  if (existsSync(owner) && !isAlive(Number(readFileSync(owner, 'utf8')))) {
    rmSync(join(folder, LOCK), { recursive: true, force: true });
  }
  try {
    const release = lockfile.lockSync(folder, {
      lockfilePath: join(folder, LOCK),
      stale: STALE_MS,
      update: STALE_MS / 6,
      onCompromised: onLost,
    });
    writeFileSync(owner, String(process.pid), { mode: 0o600 });
    return () => {
      rmSync(owner, { force: true });
      release();
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    throw new TransientError(`expected ${folder} to be free, it is used by another embedded chain`, {
      cause: error,
      hints: ['Stop the other one, or use another data folder.'],
    });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
