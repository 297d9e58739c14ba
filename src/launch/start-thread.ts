import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface ThreadOptions<Start> {
  /** What it begins with: `workerData.start` there. */
  readonly start: Start;
  /** Hears what it prints, which goes nowhere else. */
  readonly onOutput: (text: string) => void;
  /** MiB of heap after which it is ended. @default what Node allows */
  readonly heapMb?: number;
}

const bootstrap = new URL('./thread.mjs', import.meta.url);

/**
 * Starts a thread that runs a source of this package, without environment.
 *
 * @param source address of the entry.
 */
export function startThread<Start>(source: URL, { start, onOutput, heapMb }: ThreadOptions<Start>): Worker {
  const thread = new Worker(bootstrap, {
    workerData: { entry: fileURLToPath(source), start },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: heapMb === undefined ? {} : { maxOldGenerationSizeMb: heapMb },
  });
  for (const stream of [thread.stdout, thread.stderr]) stream.setEncoding('utf8').on('data', onOutput);
  return thread;
}
