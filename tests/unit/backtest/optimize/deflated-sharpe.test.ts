import { describe, expect, it } from 'vitest';
import {
  deflatedSharpe,
  expectedBestSharpe,
  probabilisticSharpe,
  probabilityAbove,
  sharpeOf,
} from '../../../../backtest/optimize/deflated-sharpe.ts';
import { type Random, seededRandom } from '../../../../src/core/index.ts';

describe('the deflated Sharpe ratio', () => {
  it('default: is that of the example in the paper', () => {
    // Bailey & López de Prado 2014: a yearly Sharpe ratio of 2.5 over 1,250 days, the best of 100 tries of variance 1/2.
    const benchmark = expectedBestSharpe(100, 1 / 2 / 250);
    expect(benchmark).toBeCloseTo(0.1132, 4);
    const moments = { sharpe: 2.5 / Math.sqrt(250), samples: 1_250, skewness: -3, kurtosis: 10 };
    expect(probabilityAbove(benchmark, moments)).toBeCloseTo(0.9004, 3);
  });

  it('behavior: more tries deflate more, and one try not at all', () => {
    const samples = Array.from({ length: 60 }, (_, index) => (index % 3) - 0.6);
    const own = sharpeOf(samples) ?? expect.fail();
    const others = (count: number): number[] => Array.from({ length: count }, (_, index) => ((index % 5) - 2) / 10);
    const values = [0, 10, 100].map((count) => deflatedSharpe(samples, [own, ...others(count)]).value ?? expect.fail());
    expect(values[0]).toBe(probabilisticSharpe(samples).value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(new Set(values).size).toBe(3);
  });

  it('behavior: what is best by luck alone hardly ever passes for skill, alike as the tries may be', () => {
    for (const [seed, alike] of [
      [1, 0],
      [2, 0.5],
      [3, 0.8],
    ] as const) {
      const found = searches({ seed, alike, skill: () => 0 });
      expect(shareAbove(0.95, found), `seed ${seed}`).toBeLessThan(0.06);
      expect(shareAbove(0.5, found), `seed ${seed}`).toBeGreaterThan(0.3);
    }
  });

  it('behavior: skill that all tries share is seen; where they differ in it, the spread counts as luck', () => {
    expect(shareAbove(0.95, searches({ seed: 4, alike: 0, skill: () => 0.5 }))).toBeGreaterThan(0.95);
    const differing = searches({ seed: 5, alike: 0, skill: (place) => 2 * place - 1 });
    expect(shareAbove(0.5, differing)).toBeLessThan(0.1);
  });

  it.each([
    { samples: Array.from({ length: 19 }, (_, index) => index), reason: '19 samples, 20 are needed' },
    { samples: Array.from({ length: 40 }, () => 0), reason: 'the profit never changes' },
  ])('error: n/a, with the reason: $reason', ({ samples, reason }) => {
    expect(deflatedSharpe(samples, [0.1, 0.2])).toEqual({ value: null, reason });
  });
});

/**
 * Searches among 40 tries of 60 profits each; the deflated Sharpe ratio of each one's best.
 *
 * @param search.alike the correlation of any two tries.
 * @param search.skill the Sharpe ratio of a try by its place from 0 to 1.
 */
function searches(search: {
  readonly seed: number;
  readonly alike: number;
  readonly skill: (place: number) => number;
}): readonly number[] {
  const { seed, alike, skill } = search;
  const random = seededRandom(seed);
  const profits = (): number[] => Array.from({ length: 60 }, () => normal(random));
  return Array.from({ length: 100 }, () => {
    const shared = profits();
    const tries = Array.from({ length: 40 }, (_, index) =>
      profits().map((own, part) => {
        return Math.sqrt(alike) * (shared[part] ?? 0) + Math.sqrt(1 - alike) * own + skill(index / 39);
      }),
    );
    const sharpes = tries.map((samples) => sharpeOf(samples) ?? expect.fail());
    const best = tries[sharpes.indexOf(Math.max(...sharpes))] ?? expect.fail();
    return deflatedSharpe(best, sharpes).value ?? expect.fail();
  });
}

/** By Box and Muller. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());

const shareAbove = (bar: number, values: readonly number[]): number =>
  values.filter((value) => value > bar).length / values.length;
