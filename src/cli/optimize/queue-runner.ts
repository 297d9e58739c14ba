import type { Outcome } from '../../../backtest/optimize/outcome.ts';
import type { Log } from '../../core/index.ts';
import type { QueuePort } from '../../execution/ports/queue.ts';
import { unpack } from '../../trading/host/portable-error.ts';
import type { Runner, StudyPlay } from './evaluator.ts';
import { PLAYS_TOPIC, packJob, resultsTopic, unpackAnswer } from './play-job.ts';

export interface QueueRunnerOptions {
  readonly study: string;
  readonly version: string;
  /** By place. */
  readonly recordings: readonly string[];
  readonly strategyHash: string;
}

interface Waiting extends StudyPlay {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Asks anew for what has not been answered, in case the queue lost it; a job that it still has stays as it is. */
const SWEEP_MS = 30_000;

/** Has plays played by the workers of a queue. An answer counts once, however often it comes. */
export async function runThroughQueue(
  { queue, log }: { readonly queue: QueuePort; readonly log: Log },
  { study, version, recordings, strategyHash }: QueueRunnerOptions,
): Promise<{ readonly run: Runner; readonly stop: () => void }> {
  const waiting = new Map<string, Waiting>();
  // Answers so far, and as many as there were at the last look.
  let [answered, heard] = [0, 0];

  const ask = async ({ key, play: { recording, strategy: _, ...play } }: StudyPlay): Promise<void> => {
    const data = packJob({ study, version, recordingHash: recordings[recording] ?? '', strategyHash, play });
    await queue.enqueue({ topic: PLAYS_TOPIC, jobs: [{ id: `${study}-${key}`, data }] });
  };

  await queue.consume({
    topic: resultsTopic(study),
    concurrency: 1,
    handler: async ({ id, data }) => {
      const key = id.slice(study.length + 1);
      const asked = waiting.get(key);
      answered += 1;
      waiting.delete(key);
      if (asked === undefined) return { kind: 'done' };
      const answer = unpackAnswer(data);
      try {
        if (answer.kind === 'failed') throw unpack(answer.error, 'a worker');
        asked.resolve(asked.accept(answer.result));
      } catch (error) {
        asked.reject(error);
      }
      return { kind: 'done' };
    },
  });
  const sweep = setInterval(() => {
    if (waiting.size > 0 && answered === heard) {
      const patience = `none of ${waiting.size} trials was answered for ${SWEEP_MS / 1_000} s`;
      log.warn({}, `${patience}; a worker needs this recording and this strategy: \`wattmaker optimize-worker\``);
    }
    heard = answered;
    for (const play of waiting.values()) {
      ask(play).catch((error: Error) => log.warn({ error }, `a play could not be asked for again: ${error.message}`));
    }
  }, SWEEP_MS);

  return {
    run: (play) =>
      new Promise((resolve, reject) => {
        waiting.set(play.key, { ...play, resolve, reject });
        ask(play).catch(reject);
      }),
    stop: () => clearInterval(sweep),
  };
}
