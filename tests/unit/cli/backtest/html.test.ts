import { describe, expect, it } from 'vitest';
import type { BlockEnd } from '../../../../backtest/driver/backtest-input.ts';
import { ticks } from '../../../../src/cli/backtest/html/chart.ts';
import { html } from '../../../../src/cli/backtest/html/html.ts';
import { Trace } from '../../../../src/cli/backtest/html/trace.ts';
import { height, price } from '../../../../src/core/index.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

describe('html', () => {
  it('default: escapes what is put in, joins lists, and leaves html and nothing alone', () => {
    expect(html`<b title="${'"&'}">${['<i>', html`<u>${1n}</u>`, null]}</b>`.text).toBe(
      '<b title="&quot;&amp;">&lt;i&gt;<u>1</u></b>',
    );
  });
});

describe('the ticks of an axis', () => {
  it.each([
    { low: 0, high: 10, at: [0, 2, 4, 6, 8, 10] },
    { low: -0.044, high: 0, at: [-0.04, -0.03, -0.02, -0.01, 0] },
    { low: 36, high: 118, at: [40, 60, 80, 100] },
    { low: 5, high: 5, at: [5] },
  ])('default: $low to $high', ({ low, high, at }) => {
    const found = ticks(low, high);
    expect(found).toHaveLength(at.length);
    for (const [index, value] of at.entries()) expect(found[index]).toBeCloseTo(value, 9);
  });
});

describe('the trace of a backtest', () => {
  const account = testPrincipal(900);
  const end = (at: number, profit: number): BlockEnd => ({
    principal: account,
    height: height(at),
    profit: BigInt(profit),
    position: 0n,
    grid: { import: price(100), feedIn: price(40) },
  });

  it('default: a short one has a column for each block', () => {
    const trace = new Trace({ account, blocks: 3 });
    for (const [at, profit] of [0, 5, 2].entries()) trace.hooks.onBlock?.(end(10 + at, profit));
    const columns = trace.finish();
    expect(columns.map(({ from, to, profit }) => [from, to, profit.last])).toEqual([
      [10, 10, 0],
      [11, 11, 5],
      [12, 12, 2],
    ]);
    expect(columns.at(-1)?.drawdown).toEqual({ low: -3, high: -3, last: -3 });
  });

  it('behavior: a long one loses neither its highest nor its lowest value', () => {
    const trace = new Trace({ account, blocks: 10_001 });
    for (let at = 0; at <= 10_000; at += 1) {
      trace.hooks.onBlock?.(end(at, at === 5_003 ? 999 : at === 7_777 ? -999 : 0));
    }
    const columns = trace.finish();
    expect(columns.length).toBeLessThanOrEqual(600);
    expect([columns[0]?.from, columns.at(-1)?.to]).toEqual([0, 10_000]);
    expect(Math.max(...columns.map(({ profit }) => profit.high))).toBe(999);
    expect(Math.min(...columns.map(({ profit }) => profit.low))).toBe(-999);
    expect(Math.min(...columns.map(({ drawdown }) => drawdown.low))).toBe(-1_998);
  });

  it('behavior: another account’s blocks are not its own', () => {
    const trace = new Trace({ account, blocks: 1 });
    trace.hooks.onBlock?.({ ...end(1, 1), principal: testPrincipal(901) });
    expect(trace.finish()).toEqual([]);
  });
});
