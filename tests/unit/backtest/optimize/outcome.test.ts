import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../../backtest/driver/run-backtest.ts';
import { windowOf } from '../../../../backtest/driver/window.ts';
import { builtInObjectives } from '../../../../backtest/optimize/objectives.ts';
import { joined, outcomeOf } from '../../../../backtest/optimize/outcome.ts';
import { height } from '../../../../src/core/index.ts';
import { backtestOf } from '../../../support/backtest-scene.ts';
import { recordedMarket, recordNeighbourhood } from '../../../support/recorded-market.ts';

const span = { from: height(80), to: height(199) };
const market = windowOf(recordedMarket(recordNeighbourhood(200, 7)), { from: height(40), to: span.to });
const result = runBacktest(backtestOf(market, { settings: span }));
const [profit = expect.fail()] = builtInObjectives;

describe('what is kept of a backtest', () => {
  it('default: its score, its profit, and the profits of 60 parts that sum to it', () => {
    const { score, profit: net, samples } = outcomeOf(result, span, profit);
    expect(net).not.toBe(0n);
    expect(score).toBe(Number(net));
    expect(samples).toHaveLength(60);
    expect(samples.reduce((sum, value) => sum + value, 0)).toBe(Number(net));
    expect(samples.filter((value) => value !== 0).length).toBeGreaterThan(20);
  });

  it.each(builtInObjectives)('default: the objective $name scores it', (objective) => {
    expect(outcomeOf(result, span, objective).score).toEqual(expect.any(Number));
  });

  it('behavior: a strategy that was benched has no score', () => {
    const benched = {
      ...result,
      benched: [{ account: market.opening.owner, strategy: 'market-maker', reason: 'threw' }],
    };
    expect(outcomeOf(benched, span, profit).score).toBeNull();
  });

  it('behavior: recordings are joined by the mean of their scores; without one of them there is none', () => {
    const outcome = (score: number | null) => ({ score, profit: 5n, samples: [2, 3] });
    expect(joined([outcome(1), outcome(4)])).toEqual({ score: 2.5, profit: 10n, samples: [2, 3, 2, 3] });
    expect(joined([outcome(1), outcome(null)]).score).toBeNull();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, '3'])('error: an objective that answers %s', (answer) => {
    const broken = { name: 'broken', description: '', score: () => answer as never };
    expect(() => outcomeOf(result, span, broken)).toThrow(
      `expected the objective "broken" to answer a finite number or null, was ${answer}`,
    );
  });
});
