import type { Worker } from 'node:worker_threads';
import { FatalError } from '../../core/index.ts';
import { startThread } from '../../launch/index.ts';
import { unpack } from '../../trading/host/portable-error.ts';
import type { Play, Played, Pool, Stage } from './play.ts';
import type { ThreadMessage } from './play-thread.ts';
import { createPlayer } from './player.ts';

const entry = new URL('./play-thread.ts', import.meta.url);

interface Waiting {
  readonly play: Play;
  readonly onEvents: (more: number) => void;
  readonly resolve: (played: Played) => void;
  readonly reject: (error: unknown) => void;
}

/** Plays in this thread, one after the other. */
export async function playHere(stage: Stage): Promise<Pool> {
  const player = await createPlayer(stage);
  return { play: async (play, onEvents) => player(play, onEvents), close: async () => undefined };
}

/**
 * Plays in threads, first come first served. A thread is started when there is a play for it.
 *
 * @param options.onOutput hears what strategies print.
 */
export function playInThreads(
  stage: Stage,
  { threads, onOutput }: { readonly threads: number; readonly onOutput: (text: string) => void },
): Pool {
  const waiting: Waiting[] = [];
  const all = new Map<Worker, Waiting | null>();
  let closed = false;

  function start(): Worker {
    const worker = startThread(entry, { start: stage, onOutput });
    all.set(worker, null);
    const lost = (cause: string): void => {
      const playing = all.get(worker);
      all.delete(worker);
      if (closed) return;
      playing?.reject(new FatalError(`a thread that played "${playing.play.strategy}" ended: ${cause}`));
      assign();
    };
    worker.on('error', (error) => lost(error.message));
    worker.on('exit', (code) => lost(`exit code ${code}`));
    worker.on('message', (message: ThreadMessage) => {
      const playing = all.get(worker);
      if (message.kind === 'events') {
        playing?.onEvents(message.more);
        return;
      }
      all.set(worker, null);
      if (message.kind === 'played') playing?.resolve(message.played);
      else playing?.reject(unpack(message.error, 'a thread that plays backtests'));
      assign();
    });
    return worker;
  }

  function assign(): void {
    while (waiting.length > 0 && !closed) {
      const [idle] = [...all].find(([, playing]) => playing === null) ?? [];
      if (idle === undefined && all.size >= threads) return;
      const next = waiting.shift();
      if (next === undefined) return;
      const worker = idle ?? start();
      all.set(worker, next);
      worker.postMessage(next.play);
    }
  }

  return {
    play: (play, onEvents) =>
      new Promise((resolve, reject) => {
        waiting.push({ play, onEvents, resolve, reject });
        assign();
      }),
    async close() {
      closed = true;
      await Promise.all([...all.keys()].map((worker) => worker.terminate()));
    },
  };
}
