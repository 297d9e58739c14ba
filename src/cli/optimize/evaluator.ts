import { createHash } from 'node:crypto';
import type { BacktestResult } from '../../../backtest/driver/backtest-result.ts';
import type { Objective } from '../../../backtest/optimize/objectives.ts';
import { joined, type Outcome, outcomeOf } from '../../../backtest/optimize/outcome.ts';
import type { Evaluate } from '../../../backtest/optimize/study.ts';
import type { Play } from '../play/play.ts';
import type { StudyFolder } from './study-folder.ts';

/** A play that a study needs, and what becomes of its result. */
export interface StudyPlay {
  /** Names it among the study's; letters and digits. */
  readonly key: string;
  readonly play: Play;
  /** Scores the result and stores that; a second result of the same play changes nothing. */
  accept(result: BacktestResult): Outcome;
}

/** Gets a play played, here or elsewhere; answers what `accept` did. */
export type Runner = (play: StudyPlay) => Promise<Outcome>;

/** What all plays of a study have in common. */
export type PlayBase = Omit<Play, 'recording' | 'parameters' | 'span'>;

export interface EvaluatorDeps {
  readonly study: StudyFolder;
  readonly objective: Objective;
  readonly base: PlayBase;
  /** Parameters that are not searched, and not the default. */
  readonly fixed: Play['parameters'];
  readonly run: Runner;
}

/** Plays each trial of a study once; what the study's folder holds is not played again. */
export function createEvaluator({ study, objective, base, fixed, run }: EvaluatorDeps): Evaluate {
  const underWay = new Map<string, Promise<Outcome>>();

  const outcomeOfPlay = (play: Play & { readonly span: NonNullable<Play['span']> }): Promise<Outcome> => {
    const key = keyOfPlay(play);
    const known = study.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const accept = (result: BacktestResult): Outcome =>
      study.get(key) ?? study.add(key, outcomeOf(result, play.span, objective));
    const begun = run({ key, play, accept }).finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  };

  return (trials) =>
    Promise.all(
      trials.map(async ({ candidate, spans }) => {
        const parameters = { ...fixed, ...candidate };
        const plays = spans.map((span, recording) => outcomeOfPlay({ ...base, recording, parameters, span }));
        return joined(await Promise.all(plays));
      }),
    );
}

function keyOfPlay({ recording, parameters, span }: Play): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([recording, span?.from, span?.to, sorted]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
