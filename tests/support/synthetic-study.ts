import type { HeightSpan } from '../../backtest/data/recording/open-recording.ts';
import { type FoldOptions, walkForward } from '../../backtest/optimize/folds.ts';
import type { Outcome } from '../../backtest/optimize/outcome.ts';
import type { SearchMethod } from '../../backtest/optimize/search/search.ts';
import type { Candidate, Space } from '../../backtest/optimize/space.ts';
import type { Evaluate, StudyInput, Trial } from '../../backtest/optimize/study.ts';
import { height, seededRandom } from '../../src/core/index.ts';

export const span: HeightSpan = { from: height(1), to: height(2_000) };

export const space: Space = [
  { kind: 'range', name: 'a', low: 0, high: 10, integer: false },
  { kind: 'range', name: 'b', low: 1, high: 10_000, integer: true },
];

export function studyOf(
  method: SearchMethod,
  changes: Partial<StudyInput> & { readonly walk?: FoldOptions } = {},
): StudyInput {
  const { walk = { folds: 3 }, ...rest } = changes;
  return { space, method, trials: 90, levels: 11, seed: 1, folds: [walkForward('synthetic', span, walk)], ...rest };
}

/** The parts that an outcome has samples of. */
const PARTS = 60;

export interface SyntheticMarket {
  readonly evaluate: Evaluate;
  /** What it was asked so far. */
  readonly asked: readonly Trial[];
}

/**
 * Answers trials without a market: the profit of a block has a mean that depends on the candidate, and uniform noise of
 * variance `noise`² that depends on candidate and block alone, so that windows that overlap share it.
 */
export function syntheticMarket(meanOf: (candidate: Candidate) => number, noise: number): SyntheticMarket {
  const asked: Trial[] = [];
  const known = new Map<string, readonly number[]>();
  const blocksOf = (candidate: Candidate): readonly number[] => {
    const key = JSON.stringify(candidate);
    const random = seededRandom(hashOf(key));
    const mean = meanOf(candidate);
    const profits =
      known.get(key) ??
      Array.from({ length: span.to + 1 }, () =>
        Math.round(1_000 * (mean + noise * Math.sqrt(12) * (random.fraction() - 0.5))),
      );
    known.set(key, profits);
    return profits;
  };
  const outcomeOf = ({ candidate, spans: [{ from, to } = span] }: Trial): Outcome => {
    const profits = blocksOf(candidate).slice(from, to + 1);
    const samples = Array.from({ length: PARTS }, () => 0);
    profits.forEach((profit, block) => {
      const part = Math.floor((block * PARTS) / profits.length);
      samples[part] = (samples[part] ?? 0) + profit;
    });
    const profit = samples.reduce((sum, value) => sum + value, 0);
    return { score: profit, profit: BigInt(profit), samples };
  };
  return {
    asked,
    evaluate: async (trials) => {
      asked.push(...trials);
      return trials.map(outcomeOf);
    },
  };
}

function hashOf(text: string): number {
  let hash = 7;
  for (const letter of text) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
  return hash;
}
