import { describe, expect, it } from 'vitest';
import { warnings } from '../../../../src/cli/backtest/backtest-report.ts';

const counted = (displaced: number) => ({
  transactions: 0,
  executed: {},
  failed: {},
  denied: {},
  diverted: 0,
  displaced: { 'tradeBought: tradeNotOpen': displaced },
});
const result = (displaced: number) => ({ events: 1_000, counted: counted(displaced), benched: [] });
const run = { recording: 'june', strategy: 'maker' };

describe('the warnings of a backtest', () => {
  it('default: are none where the recording still tells what would have been', () => {
    expect(warnings([{ ...run, results: { pessimistic: result(50), optimistic: result(0) } }])).toEqual([]);
  });

  it('behavior: name every model that displaced too much, not only that of the verdict', () => {
    const told = warnings([
      { ...run, results: { pessimistic: result(3), expected: result(51), optimistic: result(80) } },
    ]);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('maker on june (expected): 5.1 % of the recorded calls');
    expect(told[1]).toContain('(optimistic): 8.0 %');
  });

  it('behavior: name a benched strategy and why', () => {
    const benched = [{ strategy: 'maker', account: 'ST1' as never, reason: 'threw Error: oops' }];
    const failed = { ...result(0), benched };
    const told = warnings([{ ...run, results: { pessimistic: failed, expected: failed, optimistic: result(0) } }]);
    expect(told).toEqual(['maker on june (pessimistic, expected): maker was benched: threw Error: oops']);
  });
});
