import { ConfigError, FatalError, TransientError } from '../../core/index.ts';
import { forkSource } from '../../launch/index.ts';
import type { NeighbourMessage, StartMessage } from './main.ts';
import type { NeighbourOptions } from './options.ts';

/** A neighbourhood in a process of its own; it ends when this process does. */
export interface NeighboursProcess {
  /** Resolves with the exit code (`null` after a signal) once the process is gone. */
  readonly exited: Promise<number | null>;
  /** Ends it; what it has sent is still mined. */
  stop(): Promise<void>;
}

export interface SpawnNeighboursOptions extends NeighbourOptions {
  /** Hears of every call's outcome, one line each, and of a failure after the start. @default nobody */
  readonly onLine?: (line: string) => void;
}

/**
 * Starts the simulated neighbourhood beside this process and waits until it has unlocked its keys and reached the chain.
 * The keystore's password goes to the child alone, over its own channel.
 *
 * @throws ConfigError for a missing or locked key; TransientError when the chain does not answer; FatalError when it
 * cannot start for another reason.
 */
export async function spawnNeighbours({ onLine, ...options }: SpawnNeighboursOptions): Promise<NeighboursProcess> {
  const child = forkSource(new URL('./main.ts', import.meta.url), ['ignore', 'ignore', 'inherit', 'ipc']);
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
  });
  const started = new Promise<NeighbourMessage>((resolve) => {
    child.on('message', (received) => {
      const message = received as NeighbourMessage;
      if (message.kind === 'line') onLine?.(message.line);
      else resolve(message);
      if (message.kind === 'failed') onLine?.(message.message);
    });
    exited.then((code) => resolve({ kind: 'failed', error: '', message: `exit code ${code}`, hints: [] }));
  });
  const message: StartMessage = { options, lines: onLine !== undefined };
  child.send(message);
  const first = await started;
  if (first.kind === 'failed') {
    await exited;
    throw failure(first);
  }
  return {
    exited,
    stop: async () => {
      if (child.connected) child.send('stop', () => {});
      await exited;
    },
  };
}

function failure({ error, message, hints }: Extract<NeighbourMessage, { kind: 'failed' }>): Error {
  if (error === ConfigError.name) return new ConfigError(message, { hints });
  if (error === TransientError.name) return new TransientError(message, { hints });
  return new FatalError(`expected the neighbours to start: ${message}`, { hints });
}
