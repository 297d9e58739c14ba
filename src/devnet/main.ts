import { BaseError } from '../core/index.ts';
import type { DevnetOptions } from './options.ts';
import { startDevnet } from './start-devnet.ts';

/** What the child process tells its parent. */
export type DevnetMessage =
  | { readonly kind: 'ready'; readonly url: string; readonly adminToken: string }
  | { readonly kind: 'failed'; readonly error: string; readonly message: string; readonly hints: readonly string[] };

function tell(message: DevnetMessage, then: () => void = () => {}): void {
  process.send?.(message, then);
}

let ready = false;

async function run(options: DevnetOptions): Promise<void> {
  const devnet = await startDevnet(options);
  const stop = (): void => void devnet.stop();
  // The parent decides when to stop; when it is gone, nobody needs this chain any more.
  process.on('disconnect', stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => {});
  process.on('message', (message) => {
    if (message === 'stop') stop();
  });
  if (!process.connected) stop();
  ready = true;
  tell({ kind: 'ready', url: devnet.url, adminToken: devnet.adminToken });
  await devnet.stopped;
}

/** The child of `spawnDevnet`: takes its options as the first message and answers when it is ready. */
process.once('message', (options) => {
  run(options as DevnetOptions).then(
    () => process.exit(0),
    (error: unknown) => {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const hints = error instanceof BaseError ? error.hints : [];
      // Once it has been ready nobody waits for messages any more.
      if (ready) process.stderr.write(`embedded chain: ${message}\n`);
      tell({ kind: 'failed', error: name, message, hints }, () => process.exit(1));
    },
  );
});
