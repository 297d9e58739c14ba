import {
  type Job as BullJob,
  DelayedError,
  type JobSchedulerTemplateOptions,
  type JobsOptions,
  UnrecoverableError,
  type WorkerOptions,
} from 'bullmq';
import { CorruptionError, type Log, TransientError } from '../../core/index.ts';
import type {
  ConsumeParameters,
  EnqueueParameters,
  Job,
  JobData,
  JobHandler,
  QueuePort,
  QueueWorker,
  ScheduleParameters,
} from '../../execution/ports/queue.ts';

/** How soon the jobs of a dead worker are given to another: after at most `lockMs` + 2 × `stalledCheckMs`. */
export interface QueueTimes {
  /** A worker that does not renew a job's lock for so long has lost the job. @default 5000 */
  readonly lockMs?: number;
  /** How often lost jobs are looked for. @default 2500 */
  readonly stalledCheckMs?: number;
}

type Processor = (job: BullJob, token?: string, signal?: AbortSignal) => Promise<void>;

/** What is used of BullMQ's `Queue`, whatever its backend. */
interface AnyQueue {
  add(name: string, data: JobData, options: JobsOptions): Promise<unknown>;
  obliterate(options: { readonly force: boolean }): Promise<void>;
  getJobCounts(...states: ('waiting' | 'prioritized' | 'delayed' | 'active')[]): Promise<Record<string, number>>;
  upsertJobScheduler(
    id: string,
    repeat: { readonly every: number },
    template: { readonly name: string; readonly data: JobData; readonly opts: JobSchedulerTemplateOptions },
  ): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** What is used of BullMQ's `Worker`, whatever its backend. */
interface AnyWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (ids: string[]) => void): unknown;
  waitUntilReady(): Promise<void>;
  cancelJob(id: string, reason: string): boolean;
  cancelAllJobs(reason: string): void;
  pause(doNotWaitActive: boolean): Promise<void>;
  close(force: boolean): Promise<void>;
}

/** What differs between the stores that BullMQ can keep jobs in. */
export interface BullBackend {
  /** For messages, without secrets. */
  readonly name: string;
  queue(topic: string): AnyQueue;
  worker(topic: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): AnyWorker;
  close(): Promise<void>;
}

/** How long a worker without jobs may take to close. */
const CLOSE_MS = 3_000;

const JOB_ID = /^(?!\d+$)[A-Za-z0-9_-]+$/;

/** The queue port over BullMQ, whatever BullMQ keeps its jobs in. */
export function createBullQueue(
  { backend, log }: { readonly backend: BullBackend; readonly log: Log },
  { lockMs = 5_000, stalledCheckMs = 2_500 }: QueueTimes = {},
): QueuePort {
  const queues = new Map<string, AnyQueue>();
  const workers = new Set<QueueWorker>();
  let closing: Promise<void> | undefined;

  const logErrors = (source: AnyQueue | AnyWorker, topic: string) =>
    source.on('error', (error) => log.warn({ error, topic }, `queue: ${error.message}`));

  const queueOf = (topic: string): AnyQueue => {
    let queue = queues.get(topic);
    if (queue === undefined) {
      queue = backend.queue(topic);
      logErrors(queue, topic);
      queues.set(topic, queue);
    }
    return queue;
  };

  const reach = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new TransientError(`the queue in ${backend.name} cannot be reached`, { cause });
    }
  };

  async function work(topic: string, concurrency: number, handler: JobHandler): Promise<QueueWorker> {
    const inProgress = new Set<Promise<unknown>>();
    // BullMQ hands a signal to processors of three parameters only.
    const processor: Processor = async (bullJob, token, signal) => {
      const run = runJob(bullJob, token, signal ?? new AbortController().signal, handler, log);
      const settled = run.catch(() => undefined).finally(() => inProgress.delete(settled));
      inProgress.add(settled);
      return run;
    };
    const worker = backend.worker(topic, processor, {
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledCheckMs,
      // A job whose workers keep dying must live on: its end would mean nothing, the ledger knows.
      maxStalledCount: 1_000_000_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    logErrors(worker, topic);
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) worker.cancelJob(id, 'lost the lock of the job');
    });
    await reach(worker.waitUntilReady());

    let stopping: Promise<number> | undefined;
    const stop = async (deadlineMs: number): Promise<number> => {
      await worker.pause(true);
      const finished = await settledWithin(inProgress, deadlineMs);
      const abandoned = finished ? 0 : inProgress.size;
      if (!finished) worker.cancelAllJobs('closing');
      // The jobs are finished or let go; what BullMQ still waits for must not keep the process.
      if (!(await settledWithin(new Set([worker.close(!finished)]), CLOSE_MS))) {
        log.warn({ topic }, `a worker of "${topic}" did not close within ${CLOSE_MS} ms`);
      }
      return abandoned;
    };
    const handle: QueueWorker = {
      stop({ deadlineMs }) {
        stopping ??= stop(deadlineMs).finally(() => workers.delete(handle));
        return stopping;
      },
    };
    workers.add(handle);
    return handle;
  }

  return {
    async enqueue({ topic, jobs, delayMs = 0 }: EnqueueParameters) {
      const wrong = jobs.find(({ id }) => !JOB_ID.test(id));
      if (wrong !== undefined) {
        throw new CorruptionError(`expected a job id of letters, digits, - and _, was "${wrong.id}"`);
      }
      // Sent at once, and not by `addBulk`: in the embedded database that never cuts the stream of events.
      const added = jobs.map(({ id, data }) =>
        queueOf(topic).add(topic, data, { jobId: id, delay: delayMs, removeOnComplete: true, removeOnFail: true }),
      );
      await reach(Promise.all(added));
    },

    consume: ({ topic, concurrency, handler }: ConsumeParameters) => work(topic, concurrency, handler),

    async schedule({ name, everyMs, handler, takeOver = false }: ScheduleParameters) {
      if (takeOver) await reach(queueOf(name).obliterate({ force: true }));
      const worker = await work(name, 1, async (_job, signal) => {
        await handler(signal);
        return { kind: 'done' };
      });
      const template = { name, data: {}, opts: { removeOnComplete: true, removeOnFail: true } };
      await reach(queueOf(name).upsertJobScheduler(name, { every: everyMs }, template));
      return worker;
    },

    async counts(topic) {
      const counts = await reach(queueOf(topic).getJobCounts('waiting', 'delayed', 'active', 'prioritized'));
      const of = (state: string) => counts[state] ?? 0;
      return { waiting: of('waiting') + of('prioritized'), delayed: of('delayed'), active: of('active') };
    },

    close({ deadlineMs }) {
      closing ??= (async () => {
        await Promise.all([...workers].map((worker) => worker.stop({ deadlineMs })));
        await Promise.all([...queues.values()].map((queue) => queue.close()));
        await backend.close();
      })();
      return closing;
    },
  };
}

async function runJob(
  bullJob: BullJob,
  token: string | undefined,
  signal: AbortSignal,
  handler: JobHandler,
  log: Log,
): Promise<void> {
  const job: Job = { id: bullJob.id ?? '', data: bullJob.data as JobData };
  let again: number | undefined;
  try {
    const outcome = await handler(job, signal);
    if (outcome.kind === 'again') again = outcome.delayMs;
  } catch (error) {
    log.error({ error, job: job.id }, `a job of "${bullJob.queueName}" failed: ${(error as Error).message}`);
    throw new UnrecoverableError((error as Error).message);
  }
  if (again !== undefined) {
    // ambient-ok: BullMQ keeps due times by the clock of the machine.
    await bullJob.moveToDelayed(Date.now() + again, token);
    throw new DelayedError();
  }
}

/** Whether all of `promises` settle before `deadlineMs` have passed. */
async function settledWithin(promises: Set<Promise<unknown>>, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), deadlineMs);
  });
  try {
    const all = (async () => {
      for (const promise of promises) await promise;
      return true as const;
    })();
    return await Promise.race([all, late]);
  } finally {
    clearTimeout(timer);
  }
}
