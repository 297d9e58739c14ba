import { ConfigError } from '../../src/core/index.ts';
import type { HeightSpan } from '../data/recording/open-recording.ts';
import type { BacktestResult } from '../driver/backtest-result.ts';
import { blocksIn } from './folds.ts';
import type { Objective } from './objectives.ts';
import type { Score } from './search/search.ts';

/** What is kept of a backtest in a search. */
export interface Outcome {
  /** By the objective; null where it has none, or where the strategy was benched. */
  readonly score: Score;
  /** Net, in µSTX. */
  readonly profit: bigint;
  /** Net profits of equal parts of its blocks, oldest first, in µSTX; they sum to `profit`. */
  readonly samples: readonly number[];
}

/** The most parts that a window is cut into. */
const SAMPLES = 60;

/**
 * @param span the blocks in which it traded.
 * @throws ConfigError for an objective that answers neither a finite number nor null.
 */
export function outcomeOf(result: BacktestResult, span: HeightSpan, objective: Objective): Outcome {
  const [account] = result.accounts;
  if (account === undefined) throw new ConfigError('expected a backtest of an account, was one of none');
  const profit = account.profit.net;
  const samples = samplesOf(result, span);
  if (result.benched.length > 0) return { score: null, profit, samples };
  const score: unknown = objective.score(result);
  if (score === null || (typeof score === 'number' && Number.isFinite(score))) return { score, profit, samples };
  throw new ConfigError(
    `expected the objective "${objective.name}" to answer a finite number or null, was ${String(score)}`,
    {
      hints: ['Let it answer null for a result that it cannot score.'],
    },
  );
}

function samplesOf({ accounts: [account] }: BacktestResult, span: HeightSpan): readonly number[] {
  if (account === undefined) return [];
  // The curve ends at the net profit, so the last part holds what closing the account cost.
  const points = account.curve.filter(({ height }) => height >= span.from && height <= span.to);
  const count = Math.max(1, Math.min(SAMPLES, points.length - 1));
  const samples: number[] = [];
  let before = 0n;
  let next = 0;
  let last = 0n;
  for (let sample = 1; sample <= count; sample += 1) {
    const end = span.from + (sample * blocksIn(span)) / count;
    for (; next < points.length && (points[next]?.height ?? 0) < end; next += 1) last = points[next]?.profit ?? last;
    samples.push(Number(last - before));
    before = last;
  }
  return samples;
}

/** Several recordings as one: the mean score, the sum of the profits, the samples one after the other. */
export function joined(outcomes: readonly Outcome[]): Outcome {
  const scores = outcomes.map(({ score }) => score);
  const known = scores.filter((score) => score !== null);
  return {
    score: known.length < scores.length ? null : known.reduce((sum, score) => sum + score, 0) / known.length,
    profit: outcomes.reduce((sum, { profit }) => sum + profit, 0n),
    samples: outcomes.flatMap(({ samples }) => samples),
  };
}
