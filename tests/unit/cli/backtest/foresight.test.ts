import { describe, expect, it } from 'vitest';
import { foresightOf } from '../../../../src/cli/backtest/foresight.ts';

describe('capture and regret', () => {
  it.each([
    { net: -766n, bound: 1_000_000n, capture: -0.0008 },
    { net: 766n, bound: 1_000_000n, capture: 0.0008 },
    { net: 123_449n, bound: 1_000_000n, capture: 0.1234 },
    { net: -5n, bound: 0n, capture: null },
  ])('default: a profit of $net by a bound of $bound is $capture, a loss rounded as a gain is', (given) => {
    const pessimistic = { accounts: [{ profit: { net: given.net } }] } as never;
    const { scores } = foresightOf({ microStx: given.bound, method: 'whole lots' }, { pessimistic });
    expect(scores.pessimistic).toEqual({ capture: given.capture, regret: given.bound - given.net });
  });
});
