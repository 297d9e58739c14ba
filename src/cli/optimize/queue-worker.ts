import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../core/index.ts';
import type { Job, JobOutcome, QueuePort, QueueWorker } from '../../execution/ports/queue.ts';
import { pack } from '../../trading/host/portable-error.ts';
import type { Pool } from '../play/play.ts';
import { PLAYS_TOPIC, type PlayAnswer, type PlayJob, packAnswer, resultsTopic, unpackJob } from './play-job.ts';

/** What a worker can play with. It plays nothing that it was not started with, whatever a job says. */
export interface WorkerStage {
  readonly version: string;
  /** Hashes, in the order of the pool's stage. */
  readonly recordings: readonly string[];
  /** References by hash. */
  readonly strategies: ReadonlyMap<string, string>;
}

export interface QueueWorkerDeps {
  readonly queue: QueuePort;
  readonly pool: Pool;
  readonly stage: WorkerStage;
  readonly log: Log;
  /** Hears of each play that was finished. */
  readonly onPlayed: (job: PlayJob) => void;
}

/** So long a worker holds on to a job that it cannot play, or it would take them all from those that can. */
const LEAVE_MS = 1_000;

/**
 * Plays the jobs of studies. The answer is in the queue before the job is done: a worker that dies in between leaves the job
 * to another, and whoever asked takes the first answer.
 */
export function playFromQueue(deps: QueueWorkerDeps, concurrency: number): Promise<QueueWorker> {
  const { queue, pool, stage, log, onPlayed } = deps;
  const told = new Set<string>();

  const leave = async (why: string, signal: AbortSignal): Promise<JobOutcome> => {
    if (!told.has(why)) log.warn({}, `${why}; its jobs are left to other workers`);
    told.add(why);
    await delay(LEAVE_MS, undefined, { signal }).catch(() => undefined);
    return { kind: 'again', delayMs: 0 };
  };

  async function answerTo({ play, recordingHash, strategyHash }: PlayJob): Promise<PlayAnswer> {
    const recording = stage.recordings.indexOf(recordingHash);
    const strategy = stage.strategies.get(strategyHash) ?? '';
    try {
      const { result } = await pool.play({ ...play, recording, strategy }, () => undefined);
      return { kind: 'played', result };
    } catch (thrown) {
      return { kind: 'failed', error: pack(thrown) };
    }
  }

  async function handler({ id, data }: Job, signal: AbortSignal): Promise<JobOutcome> {
    const job = unpackJob(data);
    if (job.version !== stage.version) {
      return leave(`a study is of wattmaker ${job.version}, this is ${stage.version}`, signal);
    }
    if (!stage.recordings.includes(job.recordingHash)) {
      return leave(`this worker has no recording with the hash ${job.recordingHash}`, signal);
    }
    if (!stage.strategies.has(job.strategyHash)) {
      return leave(`this worker has no strategy whose code has the hash ${job.strategyHash}`, signal);
    }
    // Where the job's lock was lost meanwhile another worker answers as well: both answers are the same, and one counts.
    const answer = await answerTo(job);
    await queue.enqueue({ topic: resultsTopic(job.study), jobs: [{ id, data: packAnswer(answer) }] });
    onPlayed(job);
    return { kind: 'done' };
  }

  return queue.consume({ topic: PLAYS_TOPIC, concurrency, handler });
}
