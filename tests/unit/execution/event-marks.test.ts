import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequence } from '../../../src/core/index.ts';
import { withMark } from '../../../src/execution/event-marks.ts';
import type { EventMark } from '../../../src/execution/ports/ledger-records.ts';
import { fuzzParameters } from '../../support/fuzz.ts';

const markAt = (at: number): EventMark => ({ sequence: sequence(at), digest: String(at).padStart(64, '0') });

describe('marks of how far events were read', () => {
  it('property: few are kept, and a reorg is followed by reading at most twice as many events as it changed', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.nat(), (sizes, dice) => {
        let marks: readonly EventMark[] = [];
        const all: number[] = [];
        for (const size of sizes) {
          all.push((all.at(-1) ?? 0) + size);
          marks = withMark(marks, markAt(all.at(-1) ?? 0));
        }
        const last = all.at(-1) ?? 0;
        expect(marks.length).toBeLessThanOrEqual(2 * (Math.log2(last + 1) + 2));
        expect([marks[0], marks.at(-1)]).toEqual([markAt(all[0] ?? 0), markAt(last)]);
        const standing = all[dice % all.length] ?? 0;
        const common = Math.max(...marks.map((mark) => mark.sequence).filter((at) => at <= standing));
        expect(last - common).toBeLessThanOrEqual(2 * (last - standing));
      }),
      fuzzParameters('event marks', { runs: 300 }),
    );
  });

  it('behavior: a mark below others takes their place', () => {
    const marks = [2, 5, 9].reduce<readonly EventMark[]>((before, at) => withMark(before, markAt(at)), []);
    expect(withMark(marks, markAt(4))).toEqual([markAt(2), markAt(4)]);
  });
});
