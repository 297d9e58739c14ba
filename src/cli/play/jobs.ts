import { availableParallelism } from 'node:os';
import { ConfigError } from '../../core/index.ts';
import { parseCount } from '../amounts.ts';
import type { Pool, Stage } from './play.ts';
import { playHere, playInThreads } from './pool.ts';

/** Fewer events than this are played before another thread has started. */
const EVENTS_A_THREAD = 250_000;
const MOST = 1_024;

/** Reads a number of jobs. @throws ConfigError for anything but a whole number from 1. */
export function parseJobs(text: string): number {
  const jobs = parseCount(text);
  if (jobs < 1 || jobs > MOST) throw new ConfigError(`expected 1 to ${MOST} jobs, was "${text}"`);
  return jobs;
}

/** As many threads as were asked for; else as many as there are cores, plays, and work worth the start of a thread. */
export function threadsFor(work: {
  readonly jobs: number | undefined;
  readonly plays: number;
  readonly events: number;
}): number {
  const { jobs, plays, events } = work;
  const worth = Math.ceil(events / EVENTS_A_THREAD);
  return Math.max(1, Math.min(jobs ?? Math.min(availableParallelism(), worth), plays));
}

/** One thread is this one. */
export async function openPool(
  stage: Stage,
  options: { readonly threads: number; readonly onOutput: (text: string) => void },
): Promise<Pool> {
  return options.threads === 1 ? playHere(stage) : playInThreads(stage, options);
}
