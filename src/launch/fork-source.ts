import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The script that runs the source its first argument names. */
export const SOURCE_RUNNER = fileURLToPath(new URL('./run.mjs', import.meta.url));

/**
 * Starts a process that runs a source of this package, with a channel for messages. It inherits no environment: keys and
 * passwords may stand in this process's.
 *
 * @param source address of the entry.
 */
export function forkSource(source: URL, stdio: ForkOptions['stdio']): ChildProcess {
  return fork(SOURCE_RUNNER, [fileURLToPath(source)], { execArgv: [], env: {}, stdio, serialization: 'json' });
}
