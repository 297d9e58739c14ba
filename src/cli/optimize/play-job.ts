import { z } from 'zod';
import type { BacktestResult } from '../../../backtest/driver/backtest-result.ts';
import { CorruptionError } from '../../core/index.ts';
import type { JobData } from '../../execution/ports/queue.ts';
import type { PortableError } from '../../trading/host/messages.ts';
import type { Play } from '../play/play.ts';
import { fromExactJson, toExactJson } from './exact-json.ts';

/** Plays of every study wait here for a worker. */
export const PLAYS_TOPIC = 'optimize-plays';

/** Results of one study wait here for whoever asked. */
export const resultsTopic = (study: string): string => `optimize-results-${study}`;

/** A play as a job: recording and strategy are named by what they hold, for another machine has other folders. */
export interface PlayJob {
  readonly study: string;
  readonly version: string;
  readonly recordingHash: string;
  readonly strategyHash: string;
  readonly play: Omit<Play, 'recording' | 'strategy'>;
}

/** What came of a play. */
export type PlayAnswer =
  | { readonly kind: 'played'; readonly result: BacktestResult }
  | { readonly kind: 'failed'; readonly error: PortableError };

const jobShape = z.object({
  study: z.string().regex(/^[0-9a-f]{16}$/),
  version: z.string(),
  recordingHash: z.string(),
  strategyHash: z.string(),
  play: z.string(),
});

export const packJob = ({ play, ...names }: PlayJob): JobData => ({ ...names, play: toExactJson(play) });

/** @throws CorruptionError for a job that no coordinator made. */
export function unpackJob(data: JobData): PlayJob {
  const parsed = jobShape.safeParse(data);
  if (!parsed.success)
    throw new CorruptionError(`expected the job of a study, was ${JSON.stringify(data).slice(0, 200)}`);
  return { ...parsed.data, play: fromExactJson(parsed.data.play) as PlayJob['play'] };
}

export const packAnswer = (answer: PlayAnswer): JobData => ({ answer: toExactJson(answer) });
export const unpackAnswer = (data: JobData): PlayAnswer => fromExactJson(String(data.answer)) as PlayAnswer;
