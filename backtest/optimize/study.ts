import { seededRandom } from '../../src/core/index.ts';
import type { HeightSpan } from '../data/recording/open-recording.ts';
import { deflatedSharpe, type Probability, probabilisticSharpe, sharpeOf } from './deflated-sharpe.ts';
import { blocksIn, type Fold, lastPart, MIN_BLOCKS } from './folds.ts';
import type { Outcome } from './outcome.ts';
import { type Ask, byScore, type Score, type SearchMethod } from './search/search.ts';
import { type Candidate, keyOf, type Space } from './space.ts';
import { mapStability, type StabilityMap } from './stability.ts';

/** A candidate on some blocks of every recording. */
export interface Trial {
  readonly candidate: Candidate;
  /** By recording. */
  readonly spans: readonly HeightSpan[];
}

/** Plays trials, in any order and as many at once as it likes, and answers in the order of the trials. */
export type Evaluate = (trials: readonly Trial[]) => Promise<readonly Outcome[]>;

export interface StudyInput {
  readonly space: Space;
  readonly method: SearchMethod;
  readonly trials: number;
  readonly levels: number;
  readonly seed: number;
  /** By recording; all have as many folds. */
  readonly folds: readonly (readonly Fold[])[];
}

/** One candidate in some windows. Money in µSTX. */
export interface Figures {
  readonly score: Score;
  readonly profit: bigint;
  readonly profitPerBlock: number;
  readonly blocks: number;
}

/** One choice, and how it did afterwards. */
export interface FoldResult {
  readonly train: readonly HeightSpan[];
  readonly test: readonly HeightSpan[] | null;
  /** What scored best in sample. */
  readonly chosen: Candidate;
  /** Different candidates that it was chosen from. */
  readonly candidates: number;
  /** Trials in sample, those on a part of the window included. */
  readonly trials: number;
  readonly inSample: Figures;
  /** Null where nothing was left to try the choice on. */
  readonly outOfSample: Figures | null;
  /** The strategy's defaults in the same windows as the choice out of sample. */
  readonly defaults: Figures | null;
  /** That the choice is more than the best of as many tries without skill. */
  readonly deflated: Probability;
}

export interface StudyResult {
  readonly folds: readonly FoldResult[];
  readonly total: {
    readonly trials: number;
    readonly inSample: Omit<Figures, 'score'>;
    readonly outOfSample: Omit<Figures, 'score'> | null;
    readonly defaults: Omit<Figures, 'score'> | null;
    /** Folds whose choice made a profit out of sample. */
    readonly profitableFolds: number;
    /**
     * Profit a block out of sample by profit a block in sample (walk-forward efficiency; Pardo, "The evaluation and
     * optimization of trading strategies", 2008); null where nothing was made in sample.
     */
    readonly efficiency: number | null;
    /** That the true Sharpe ratio out of sample is above 0; nothing was selected there. */
    readonly aboveZero: Probability;
  };
  /** The choice of the last fold, and what speaks for it. */
  readonly best: { readonly candidate: Candidate; readonly deflated: Probability; readonly stability: StabilityMap };
}

interface Tried extends Ask {
  readonly outcome: Outcome;
}

interface Chosen {
  readonly result: FoldResult;
  readonly testSamples: readonly number[];
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/**
 * Chooses parameters fold by fold and tries each choice on blocks that it was not chosen on. The same input and the same
 * outcomes give the same result, whatever order the outcomes were found in.
 */
export async function runStudy(input: StudyInput, evaluate: Evaluate): Promise<StudyResult> {
  const count = input.folds[0]?.length ?? 0;
  const spansOf = (place: number, part: 'train' | 'test'): readonly HeightSpan[] =>
    input.folds.flatMap((folds) => folds[place]?.[part] ?? []);
  const chosen = await Promise.all(
    Array.from({ length: count }, (_, place) =>
      runFold(input, { train: spansOf(place, 'train'), test: spansOf(place, 'test') }, evaluate),
    ),
  );
  const folds = chosen.map(({ result }) => result);
  const last = folds.at(-1) as FoldResult;
  const stability = await mapStability({ space: input.space, optimum: last.chosen }, async (candidates) =>
    (await evaluate(candidates.map((candidate) => ({ candidate, spans: last.train })))).map(({ score }) => score),
  );
  return {
    folds,
    total: totalOf(
      folds,
      chosen.flatMap(({ testSamples }) => testSamples),
    ),
    best: { candidate: last.chosen, deflated: last.deflated, stability },
  };
}

async function runFold(
  input: StudyInput,
  { train, test }: { readonly train: readonly HeightSpan[]; readonly test: readonly HeightSpan[] },
  evaluate: Evaluate,
): Promise<Chosen> {
  const tried = await search(input, train, evaluate);
  const [best] = byScore(
    tried.filter(({ budget }) => budget === 1),
    ({ outcome }) => outcome.score,
  );
  if (best === undefined) throw new RangeError('expected a search to end with the whole of the data');
  const furthest = new Map<string, Tried>();
  for (const each of tried) {
    const before = furthest.get(keyOf(each.candidate));
    if (before === undefined || each.budget >= before.budget) furthest.set(keyOf(each.candidate), each);
  }
  const [after, defaults] =
    test.length === 0 ? [] : await evaluate([best.candidate, {}].map((candidate) => ({ candidate, spans: test })));
  const result: FoldResult = {
    train,
    test: test.length === 0 ? null : test,
    chosen: best.candidate,
    candidates: furthest.size,
    trials: tried.length,
    inSample: figures(best.outcome, train),
    outOfSample: after === undefined ? null : figures(after, test),
    defaults: defaults === undefined ? null : figures(defaults, test),
    deflated: deflatedSharpe(
      best.outcome.samples,
      [...furthest.values()].map(({ outcome }) => sharpeOf(outcome.samples)),
    ),
  };
  return { result, testSamples: after?.samples ?? [] };
}

async function search(
  { space, method, trials, levels, seed }: StudyInput,
  train: readonly HeightSpan[],
  evaluate: Evaluate,
): Promise<readonly Tried[]> {
  const minBudget = MIN_BLOCKS / Math.min(...train.map(blocksIn));
  const running = method.start({ space, random: seededRandom(seed), trials, levels, minBudget });
  const tried: Tried[] = [];
  for (let step = running.next(); step.done !== true; ) {
    const asks = step.value;
    const outcomes = await evaluate(
      asks.map(({ candidate, budget }) => ({ candidate, spans: train.map((span) => lastPart(span, budget)) })),
    );
    tried.push(...asks.map((ask, index) => ({ ...ask, outcome: outcomes[index] as Outcome })));
    step = running.next(outcomes.map(({ score }) => score));
  }
  return tried;
}

function figures({ score, profit }: Outcome, spans: readonly HeightSpan[]): Figures {
  const blocks = spans.reduce((sum, span) => sum + blocksIn(span), 0);
  return { score, profit, profitPerBlock: rounded(Number(profit) / blocks), blocks };
}

function totalOf(folds: readonly FoldResult[], testSamples: readonly number[]): StudyResult['total'] {
  const sum = (parts: readonly (Figures | null)[]): Omit<Figures, 'score'> | null => {
    const known = parts.filter((part) => part !== null);
    if (known.length === 0) return null;
    const profit = known.reduce((total, part) => total + part.profit, 0n);
    const blocks = known.reduce((total, part) => total + part.blocks, 0);
    return { profit, profitPerBlock: rounded(Number(profit) / blocks), blocks };
  };
  const inSample = sum(folds.map((fold) => fold.inSample)) as Omit<Figures, 'score'>;
  const outOfSample = sum(folds.map((fold) => fold.outOfSample));
  return {
    trials: folds.reduce((total, { trials }) => total + trials, 0),
    inSample,
    outOfSample,
    defaults: sum(folds.map((fold) => fold.defaults)),
    profitableFolds: folds.filter(({ outOfSample: after }) => (after?.profit ?? 0n) > 0n).length,
    efficiency:
      outOfSample === null || inSample.profit <= 0n
        ? null
        : rounded(outOfSample.profitPerBlock / inSample.profitPerBlock),
    aboveZero: probabilisticSharpe(testSamples),
  };
}
