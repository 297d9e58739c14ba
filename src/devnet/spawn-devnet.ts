import { once } from 'node:events';
import { ConfigError, FatalError, TransientError } from '../core/index.ts';
import { forkSource } from '../launch/index.ts';
import type { DevnetMessage } from './main.ts';
import type { DevnetOptions } from './options.ts';

/** An embedded chain in a process of its own; it ends when this process does. */
export interface DevnetProcess {
  readonly url: string;
  /** For the admin routes: `Authorization: Bearer <token>`. */
  readonly adminToken: string;
  /** Resolves with the exit code (`null` after a signal) once the process is gone. */
  readonly exited: Promise<number | null>;
  /** Stops it in order: the journal is on the disk when this resolves. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): void;
}

/**
 * Starts an embedded chain beside this process and waits until it answers.
 *
 * @throws ConfigError for wrong options; TransientError for a taken port or a locked data folder; FatalError when it
 * cannot start, for example from a damaged journal.
 */
export async function spawnDevnet(options: DevnetOptions = {}): Promise<DevnetProcess> {
  const child = forkSource(new URL('./main.ts', import.meta.url), ['ignore', 'ignore', 'inherit', 'ipc']);
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    // It could not be started at all.
    child.once('error', () => resolve(null));
  });
  child.send(options, () => {});
  const message = await Promise.race([
    once(child, 'message').then(([first]) => first as DevnetMessage),
    exited.then((code): DevnetMessage => ({ kind: 'failed', error: '', message: `exit code ${code}`, hints: [] })),
  ]);
  if (message.kind === 'failed') {
    await exited;
    const details = { hints: message.hints };
    if (message.error === ConfigError.name) throw new ConfigError(message.message, details);
    if (message.error === TransientError.name) throw new TransientError(message.message, details);
    throw new FatalError(`expected the embedded chain to start: ${message.message}`, details);
  }
  return {
    url: message.url,
    adminToken: message.adminToken,
    exited,
    stop: async () => {
      if (child.connected) child.send('stop', () => {});
      await exited;
    },
    kill: () => child.kill('SIGKILL'),
  };
}
