/**
 * A queue of jobs that wakes workers. Adapters in `src/storage/queue` keep it in Redis or in the embedded database.
 *
 * The queue is never the truth: a job may run twice, and all jobs may be lost. Handlers read the ledger first, and a
 * sweep enqueues again whatever the ledger says is unfinished.
 *
 * Left out on purpose: priorities, parents and children, results, retries of a failed job (a handler that wants another
 * run says so), rate limits, and order: nothing may depend on the order of jobs.
 *
 * Every method throws TransientError when the store behind it cannot be reached in time.
 */

/** What a job carries: plain JSON. */
export type JobData = { readonly [key: string]: string | number | boolean | null };

export interface Job {
  /** Unique among the unfinished jobs of a topic; letters, digits, `-` and `_`, not digits alone. */
  readonly id: string;
  readonly data: JobData;
}

/** What a handler wants next. */
export type JobOutcome =
  | { readonly kind: 'done' }
  /** The same job once more after `delayMs`; it never counts as failed. */
  | { readonly kind: 'again'; readonly delayMs: number };

/**
 * Works on one job. `signal` aborts when the worker must let go: it lost the job's lock, or it closes and its deadline
 * has passed. A handler that throws ends its job: it is logged and removed, and a sweep may bring it back.
 */
export type JobHandler = (job: Job, signal: AbortSignal) => Promise<JobOutcome>;

export interface EnqueueParameters {
  readonly topic: string;
  readonly jobs: readonly Job[];
  /** Hold the jobs back for so many milliseconds. @default 0 */
  readonly delayMs?: number;
}

export interface ConsumeParameters {
  readonly topic: string;
  /** Jobs worked on at once. */
  readonly concurrency: number;
  readonly handler: JobHandler;
}

export interface ScheduleParameters {
  /** Names the schedule; another schedule of the same name replaces it. Characters as in a job's id. */
  readonly name: string;
  readonly everyMs: number;
  /** Runs never overlap; a run that takes longer than `everyMs` makes the schedule skip. */
  readonly handler: (signal: AbortSignal) => Promise<void>;
  /**
   * The caller knows that whoever ran the schedule before is dead: the run it may have died in is not waited for.
   * @default false
   */
  readonly takeOver?: boolean;
}

/** A running consumer or schedule. */
export interface QueueWorker {
  /**
   * Takes no further jobs and waits for those in progress; after `deadlineMs` aborts their signals and lets go of them.
   * Resolves with the number let go.
   */
  stop(options: { readonly deadlineMs: number }): Promise<number>;
}

export interface QueueCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
}

export interface QueuePort {
  /** Adds jobs; changes nothing of one while an unfinished job of the same id exists. */
  enqueue(parameters: EnqueueParameters): Promise<void>;
  /** Starts working on a topic's jobs, also those that a dead worker left behind. */
  consume(parameters: ConsumeParameters): Promise<QueueWorker>;
  /** Runs a handler now and then every `everyMs`, in one worker of all that share the name. */
  schedule(parameters: ScheduleParameters): Promise<QueueWorker>;
  counts(topic: string): Promise<QueueCounts>;
  /** Stops every worker and lets go of all connections; safe to call twice. */
  close(options: { readonly deadlineMs: number }): Promise<void>;
}
