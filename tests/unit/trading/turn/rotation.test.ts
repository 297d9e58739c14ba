import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickOrder } from '../../../../src/trading/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';

describe('pickOrder', () => {
  it('behavior: over as many turns as there are accounts, each is first once', { timeout: FUZZ_TIMEOUT }, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), fc.nat(1_000), (count, seed, round) => {
        const firsts = Array.from({ length: count }, (_, index) => {
          const order = pickOrder(count, { seed, turn: round * count + index });
          expect(new Set(order).size).toBe(count);
          return order[0];
        });
        expect(new Set(firsts).size).toBe(count);
      }),
      fuzzParameters('pickOrder', { runs: 100 }),
    );
  });

  it('behavior: the same seed and turn give the same order, other rounds another', () => {
    const order = pickOrder(50, { seed: 1, turn: 3 });
    expect(pickOrder(50, { seed: 1, turn: 3 })).toEqual(order);
    expect(pickOrder(50, { seed: 2, turn: 3 })).not.toEqual(order);
    expect(pickOrder(50, { seed: 1, turn: 53 })).not.toEqual(order);
  });

  it('behavior: nobody, nothing', () => {
    expect(pickOrder(0, { seed: 1, turn: 1 })).toEqual([]);
  });
});
