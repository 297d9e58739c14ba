import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulDivDown, mulDivUp } from '../../../src/core/index.ts';
import { fuzzParameters } from '../../support/fuzz.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const natural = fc.oneof(
  fc.nat({ max: MAX }),
  fc.nat(1_000),
  fc.constantFrom(0, 1, 94_906_265, 94_906_266, 2 ** 26, MAX - 1, MAX),
);

describe('a product divided', () => {
  it('property: is rounded down or up exactly, however large the product is', () => {
    fc.assert(
      fc.property(natural, natural, natural, (a, b, divisor) => {
        fc.pre(divisor > 0);
        const [product, wide] = [BigInt(a) * BigInt(b), BigInt(divisor)];
        expect(mulDivDown(a, b, divisor)).toBe(Number(product / wide));
        expect(mulDivUp(a, b, divisor)).toBe(Number((product + wide - 1n) / wide));
      }),
      fuzzParameters('product divided', { runs: 2_000 }) as never,
    );
  });

  it('error: by nothing', () => {
    expect(() => mulDivDown(1, 1, 0)).toThrow('Division by zero');
    expect(() => mulDivUp(1, 1, 0)).toThrow('Division by zero');
  });
});
