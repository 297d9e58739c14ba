import { BaseError } from '../../core/index.ts';
import type { NeighbourOptions } from './options.ts';
import { runNeighbours } from './run-neighbours.ts';

/** What the child process tells its parent. */
export type NeighbourMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'failed'; readonly error: string; readonly message: string; readonly hints: readonly string[] };

/** The first message to the child. */
export interface StartMessage {
  readonly options: NeighbourOptions;
  /** Whether the parent wants to hear the lines. */
  readonly lines: boolean;
}

function tell(message: NeighbourMessage, then: () => void = () => {}): void {
  if (process.connected) process.send?.(message, then);
  else then();
}

async function run({ options, lines }: StartMessage): Promise<void> {
  const life = new AbortController();
  const stop = (): void => life.abort();
  // The parent decides when to stop; when it is gone, nobody needs these neighbours any more.
  process.on('disconnect', stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {});
  process.on('message', (message) => {
    if (message === 'stop') stop();
  });
  if (!process.connected) stop();
  await runNeighbours(
    {
      clock: { now: Date.now },
      signal: life.signal,
      ready: () => tell({ kind: 'ready' }),
      line: lines ? (line) => tell({ kind: 'line', line }) : () => {},
    },
    options,
  );
}

/** The child of `spawnNeighbours`: takes its options as the first message and answers when it is ready. */
process.once('message', (message) => {
  run(message as StartMessage).then(
    () => process.exit(0),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const hints = error instanceof BaseError ? error.hints : [];
      tell({ kind: 'failed', error: name, message, hints }, () => process.exit(1));
    },
  );
});
