import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdTable } from '../../../../backtest/market/id-table.ts';
import { fuzzParameters } from '../../../support/fuzz.ts';

/** Ids mostly follow each other; some leap ahead by pages. */
const step = fc.record({
  ahead: fc.oneof(
    { weight: 9, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 5_000 }) },
  ),
  /** Which of those that are in goes out after it, by its place; none where it is beyond. */
  out: fc.nat({ max: 8 }),
});

describe('IdTable', () => {
  it('property: tells of each id what a map would, however the ids come and go', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const table = new IdTable();
        const known = new Map<number, number>();
        let last = 0;
        for (const { ahead, out } of steps) {
          last += ahead;
          table.add(last, last + 7);
          known.set(last, last + 7);
          const leaving = [...known.keys()][out];
          if (leaving !== undefined) {
            expect(table.take(leaving)).toBe(leaving + 7);
            expect(table.take(leaving)).toBe(0);
            known.delete(leaving);
          }
        }
        for (let id = 1; id <= last + 2; id += 1) expect(table.get(id)).toBe(known.get(id) ?? 0);
      }),
      fuzzParameters('id table', { runs: 200 }) as never,
    );
  });

  it('boundary: holds nothing for ids beyond all that came, whatever their size', () => {
    const table = new IdTable();
    expect(table.get(1)).toBe(0);
    table.add(5, 1);
    for (const id of [0, 1_023, 1_024, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER]) expect(table.get(id)).toBe(0);
    expect(table.take(2 ** 32 + 5)).toBe(0);
    expect(table.get(5)).toBe(1);
  });
});
