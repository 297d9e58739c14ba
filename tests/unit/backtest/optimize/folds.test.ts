import { describe, expect, it } from 'vitest';
import { blocksIn, type FoldOptions, lastPart, walkForward } from '../../../../backtest/optimize/folds.ts';
import { height } from '../../../../src/core/index.ts';

const walk = (blocks: number, options: FoldOptions) =>
  walkForward('june', { from: height(101), to: height(100 + blocks) }, options);

describe('walking forward', () => {
  it('default: trains on three times what it tests on, with a gap of 1 % between', () => {
    const folds = walk(7_071, { folds: 4 });
    expect(folds.map(({ train, test }) => [train.from, train.to, test?.from, test?.to])).toEqual([
      [101, 3_100, 3_172, 4_171],
      [1_101, 4_100, 4_172, 5_171],
      [2_101, 5_100, 5_172, 6_171],
      [3_101, 6_100, 6_172, 7_171],
    ]);
  });

  it('behavior: test windows follow each other to the end, and each comes after its train window and the gap', () => {
    for (const options of [
      { folds: 1 },
      { folds: 5, gapBlocks: 0 },
      { folds: 3, testBlocks: 100, gapBlocks: 40 },
      { folds: 2, trainBlocks: 300 },
    ]) {
      const folds = walk(1_000, options);
      expect(folds).toHaveLength(options.folds);
      let before: number | null = null;
      for (const { train, test } of folds) {
        if (test === null) return expect.fail();
        expect(train.from).toBeGreaterThanOrEqual(101);
        expect(test.from - train.to - 1).toBe(options.gapBlocks ?? 20);
        if (before !== null) expect(test.from).toBe(before + 1);
        before = test.to;
      }
      expect(before).toBe(1_100);
    }
  });

  it('behavior: a part of a window is its last', () => {
    const part = lastPart({ from: height(1), to: height(90) }, 1 / 3);
    expect(part).toEqual({ from: 61, to: 90 });
    expect(blocksIn(part)).toBe(30);
  });

  it.each([
    {
      blocks: 100,
      options: { folds: 4 },
      says: 'expected "june" to have at least 160 blocks (60 to choose on, a gap of 20, and 4 × 20 to try the choice on), was 100',
    },
    { blocks: 1_000, options: { folds: 2, trainBlocks: 900, testBlocks: 100 }, says: 'to have at least 1120 blocks' },
    { blocks: 1_000, options: { folds: 2, testBlocks: 10 }, says: 'expected --test of at least 20 blocks, was 10' },
    { blocks: 1_000, options: { folds: 2, trainBlocks: 10 }, says: 'expected --train of at least 60 blocks, was 10' },
    { blocks: 50, options: { folds: 0 }, says: 'expected "june" to have at least 60 blocks (60 to choose on), was 50' },
  ])('error: $says', ({ blocks, options, says }) => {
    expect(() => walk(blocks, options)).toThrow(says);
  });
});
