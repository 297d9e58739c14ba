import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Exact, exact, minus, plus, times } from '../../../../backtest/market/exact.ts';
import { fuzzParameters } from '../../../support/fuzz.ts';

const MAX = BigInt(Number.MAX_SAFE_INTEGER);
/** Of every size, and most often where numbers stop being safe. */
const integer = fc.oneof(
  fc.bigInt(-1_000_000n, 1_000_000n),
  fc.bigInt(-8n, 8n).map((offset) => MAX + offset),
  fc.bigInt(-8n, 8n).map((offset) => -MAX + offset),
  fc.bigInt(-(2n ** 70n), 2n ** 70n),
);

/** The one form that an integer has: a number exactly where that is safe. */
const isNarrow = (value: Exact): boolean =>
  typeof value === 'number' ? Number.isSafeInteger(value) : value < -MAX || value > MAX;

describe('exact integers', () => {
  it('property: sums, differences and products are those of bigints, and numbers where that is safe', () => {
    fc.assert(
      fc.property(integer, integer, (one, other) => {
        const [a, b] = [exact(one), exact(other)];
        const results = [plus(a, b), minus(a, b), times(a, b)];
        expect(results.map(BigInt)).toEqual([one + other, one - other, one * other]);
        expect(results.every(isNarrow)).toBe(true);
        expect(a > b).toBe(one > other);
        expect(a === b).toBe(one === other);
      }),
      fuzzParameters('exact integers', { runs: 1_000 }) as never,
    );
  });
});
