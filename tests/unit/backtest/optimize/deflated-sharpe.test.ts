import { describe, expect, it } from 'vitest';
import {
  deflatedSharpe,
  expectedBestSharpe,
  probabilisticSharpe,
  probabilityAbove,
  sharpeOf,
} from '../../../../backtest/optimize/deflated-sharpe.ts';

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

  it.each([
    { samples: Array.from({ length: 19 }, (_, index) => index), reason: '19 samples, 20 are needed' },
    { samples: Array.from({ length: 40 }, () => 0), reason: 'the profit never changes' },
  ])('error: n/a, with the reason: $reason', ({ samples, reason }) => {
    expect(deflatedSharpe(samples, [0.1, 0.2])).toEqual({ value: null, reason });
  });
});
