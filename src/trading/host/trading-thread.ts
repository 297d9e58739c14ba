import { startThread } from '../../launch/index.ts';
import type { TurnMessage, WorkerAnswer, WorkerStart } from './messages.ts';
import { NO_STRATEGY } from './messages.ts';

/** How a wait for the thread ended. */
export type ThreadOutcome =
  | { readonly kind: 'answer'; readonly answer: WorkerAnswer }
  /** It is gone: past its deadline and ended, or dead by itself. */
  | {
      readonly kind: 'lost';
      /** One line: what became of it. */
      readonly cause: string;
      /** The strategy that was running, or `NO_STRATEGY`. */
      readonly strategy: number;
    };

export interface TradingThread {
  /** Waits for the first answer. */
  ready(deadlineMs: number): Promise<ThreadOutcome>;
  /** Sends a turn and waits for its answer. One at a time. */
  turn(message: TurnMessage, deadlineMs: number): Promise<ThreadOutcome>;
  close(): Promise<void>;
}

const entry = new URL('./worker.ts', import.meta.url);

/** Heap of the thread: a strategy that hoards memory ends its thread, not the bot. */
const HEAP_MB = 1_024;

/** Starts the trading thread, without environment, and with its output caught: what strategies print goes to `onOutput`. */
export function startTradingThread(
  start: Omit<WorkerStart, 'marker'>,
  onOutput: (text: string) => void,
): TradingThread {
  const marker = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const running = new Int32Array(marker).fill(NO_STRATEGY);
  const worker = startThread<WorkerStart>(entry, { start: { ...start, marker }, onOutput, heapMb: HEAP_MB });

  let settle: ((outcome: ThreadOutcome) => void) | null = null;
  let early: ThreadOutcome | null = null;
  const settleWith = (outcome: ThreadOutcome): void => {
    if (settle === null) early ??= outcome;
    else settle(outcome);
    settle = null;
  };
  const lost = (cause: string): void => settleWith({ kind: 'lost', cause, strategy: Atomics.load(running, 0) });
  worker.on('message', (answer: WorkerAnswer) => settleWith({ kind: 'answer', answer }));
  worker.on('error', (error) => lost(`ended its thread: ${error.message}`));
  worker.on('exit', (code) => lost(`ended its thread with exit code ${code}`));

  const outcome = (deadlineMs: number): Promise<ThreadOutcome> => {
    if (early !== null) {
      const held = early;
      early = null;
      return Promise.resolve(held);
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        lost(`did not return within ${deadlineMs} ms`);
        void worker.terminate();
      }, deadlineMs);
      settle = (settled) => {
        clearTimeout(timer);
        resolve(settled);
      };
    });
  };

  return {
    ready: outcome,
    turn(message, deadlineMs) {
      const settled = outcome(deadlineMs);
      worker.postMessage(message);
      return settled;
    },
    async close() {
      await worker.terminate();
    },
  };
}
