import { describe, expect, it } from 'vitest';
import type { Candidate, Space } from '../../../../backtest/optimize/space.ts';
import { studyWarnings } from '../../../../src/cli/optimize/study-report.ts';

const space: Space = [
  { kind: 'range', name: 'halfSpread', low: 2, high: 20, integer: false },
  { kind: 'range', name: 'window', low: 1, high: 100_000, integer: true },
  { kind: 'values', name: 'lot', values: [200, 500, 1_000] },
  { kind: 'values', name: 'two', values: [1, 2] },
  { kind: 'values', name: 'mode', values: ['calm', 'bold', 'wild'] },
];
const inside: Candidate = { halfSpread: 8, window: 300, lot: 500, two: 2, mode: 'calm' };

const warned = (candidate: Candidate): readonly string[] => {
  const slices = [{ axes: [], scores: [[1, 2]] }];
  const stability = { best: 2, optimum: 2, neighbours: 1, stableShare: 1, withinShare: 0.1, slices };
  return studyWarnings({ folds: [], best: { candidate, deflated: { value: null, reason: '' }, stability } }, space);
};

describe('the warnings of a study', () => {
  it('default: are none where the best lies within what was searched', () => {
    expect(warned(inside)).toEqual([]);
  });

  it.each([
    {
      at: { halfSpread: 19.5 },
      says: 'the best halfSpread, 19.5, lies at the edge of 2 to 20: a better one may lie beyond',
    },
    { at: { halfSpread: 2 }, says: 'the best halfSpread, 2, lies at the edge of 2 to 20' },
    { at: { window: 90_000 }, says: 'the best window, 90000, lies at the edge of 1 to 100000' },
    { at: { lot: 1_000 }, says: 'the best lot, 1000, lies at the edge of 200, 500, 1000' },
  ])('behavior: $says', ({ at, says }) => {
    expect(warned({ ...inside, ...at })).toEqual([expect.stringContaining(says)]);
  });
});
