/** A thread that plays backtests. It has no environment. */
import { parentPort, workerData } from 'node:worker_threads';
import { FatalError } from '../../core/index.ts';
import type { PortableError } from '../../trading/host/messages.ts';
import { pack } from '../../trading/host/portable-error.ts';
import type { Play, Played, Stage } from './play.ts';
import { createPlayer } from './player.ts';

export type ThreadMessage =
  | { readonly kind: 'events'; readonly more: number }
  | { readonly kind: 'played'; readonly played: Played }
  | { readonly kind: 'failed'; readonly error: PortableError };

const port = parentPort;
if (port === null) throw new FatalError('expected to run as a worker thread, was the main thread');
const say = (message: ThreadMessage): void => port.postMessage(message);

const player = createPlayer(workerData.start as Stage);
// What is wrong with the stage is told with the first play.
player.catch(() => undefined);
port.on('message', (play: Play) => {
  player
    .then((ready) => say({ kind: 'played', played: ready(play, (more) => say({ kind: 'events', more })) }))
    .catch((thrown: unknown) => say({ kind: 'failed', error: pack(thrown) }));
});
