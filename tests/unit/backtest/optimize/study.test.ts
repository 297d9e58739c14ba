import { describe, expect, it } from 'vitest';
import { blocksIn } from '../../../../backtest/optimize/folds.ts';
import { searchMethods } from '../../../../backtest/optimize/search/methods.ts';
import { random } from '../../../../backtest/optimize/search/random.ts';
import { runStudy } from '../../../../backtest/optimize/study.ts';
import { span, studyOf, syntheticMarket } from '../../../support/synthetic-study.ts';

/** A hill with its top at a = 7, b = 100: the middle of b's range by its logarithm. */
const hill = (candidate: Readonly<Record<string, unknown>>): number => {
  const { a = 0, b = 1 } = candidate as { a?: number; b?: number };
  return 1 - ((a - 7) / 10) ** 2 - ((Math.log10(b) - 2) / 4) ** 2;
};

describe.each(searchMethods)('a study by $name', (method) => {
  it('default: finds a planted optimum, and what it chose does as well out of sample', async () => {
    const { evaluate } = syntheticMarket(hill, 0.1);
    const { folds, best, total } = await runStudy(studyOf(method, { trials: 180 }), evaluate);
    expect(folds).toHaveLength(3);
    for (const { chosen, deflated } of folds) {
      expect(hill(chosen)).toBeGreaterThan(0.95);
      expect(deflated.value).toBeGreaterThan(0.99);
    }
    expect(best.candidate).toEqual(folds.at(-1)?.chosen);
    expect(total.profitableFolds).toBe(3);
    expect(total.aboveZero.value).toBeGreaterThan(0.99);
    expect(best.stability.stableShare).toBeGreaterThan(0.9);
  });

  it('behavior: the best of many tries without skill is told from skill', async () => {
    const values: number[] = [];
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { evaluate } = syntheticMarket(() => 0, 1);
      const { folds } = await runStudy(studyOf(method, { seed }), evaluate);
      for (const { deflated, inSample } of folds) {
        // In sample it looks like skill.
        expect(inSample.profit).toBeGreaterThan(0n);
        values.push(deflated.value ?? Number.NaN);
      }
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(0.02);
    expect(mean).toBeLessThan(0.65);
    expect(Math.max(...values)).toBeLessThan(0.95);
  });

  it('behavior: the same seed gives the same study, whatever order the trials are answered in', async () => {
    const { evaluate } = syntheticMarket(hill, 0.5);
    const plain = await runStudy(studyOf(method), evaluate);
    const late = await runStudy(studyOf(method), async (trials) => {
      const answers = await Promise.all(
        trials.map(async (trial, index) => {
          for (let turn = 0; turn < (index * 7) % 5; turn += 1) await Promise.resolve();
          return evaluate([trial]);
        }),
      );
      return answers.flat();
    });
    expect(late).toEqual(plain);
  });

  it('behavior: nothing is chosen on blocks within the gap or after it', async () => {
    const { evaluate, asked } = syntheticMarket(hill, 0.1);
    const { folds } = await runStudy(studyOf(method, { walk: { folds: 3, gapBlocks: 50 } }), evaluate);
    const tests = folds.map(({ test }) => test?.[0] ?? expect.fail());
    for (const { train, test } of folds) expect((test?.[0]?.from ?? 0) - (train[0]?.to ?? 0)).toBe(51);
    expect(tests.at(-1)?.to).toBe(span.to);
    const ends = new Set(folds.map(({ train }) => train[0]?.to));
    for (const { spans } of asked) {
      const [{ from, to } = expect.fail()] = spans;
      const isTest = tests.some((test) => test.from === from && test.to === to);
      expect(isTest || ends.has(to)).toBe(true);
    }
  });
});

describe('a study', () => {
  it('behavior: without folds chooses on everything and says nothing of other blocks', async () => {
    const { evaluate } = syntheticMarket(hill, 0.1);
    const { folds, total } = await runStudy(studyOf(random, { walk: { folds: 0 } }), evaluate);
    expect(folds).toHaveLength(1);
    expect(folds[0]?.train.map(blocksIn)).toEqual([2_000]);
    expect(folds[0]?.outOfSample).toBeNull();
    expect(total).toMatchObject({
      outOfSample: null,
      efficiency: null,
      aboveZero: { value: null, reason: '0 samples, 20 are needed' },
    });
  });

  it('behavior: a lonely peak shows as one', async () => {
    const spike = (candidate: object): number => ('a' in candidate && candidate.a === 5 ? 1 : 0);
    const grid = searchMethods.find(({ name }) => name === 'grid') ?? expect.fail();
    const { evaluate } = syntheticMarket(spike, 0.01);
    const { best } = await runStudy(studyOf(grid), evaluate);
    expect(best.candidate.a).toBe(5);
    const alongA = best.stability.slices.find(({ axes }) => axes.length === 1 && axes[0]?.name === 'a');
    const scores = alongA?.scores[0] ?? [];
    expect(scores).toHaveLength(5);
    expect(scores.filter((score) => (score ?? 0) > (best.stability.best ?? 0) / 2)).toHaveLength(1);
    expect(best.stability.stableShare).toBeLessThan(0.4);
  });
});
