import { ConfigError, height } from '../../src/core/index.ts';
import type { HeightSpan } from '../data/recording/open-recording.ts';

/** Fewer blocks than this tell nothing of a strategy. */
export const MIN_BLOCKS = 20;
/** A search needs more than a look. */
const MIN_TRAIN_BLOCKS = 3 * MIN_BLOCKS;
/** By default the train window is so many times the test window. */
const TRAIN_BY_TEST = 3;
const GAP_SHARE = 0.01;
const MIN_GAP = 20;

export interface FoldOptions {
  /** How many times a candidate is chosen on one window and tried on the next; 0: chosen on all blocks and never tried. */
  readonly folds: number;
  /** Blocks to choose on. @default three times the test window */
  readonly trainBlocks?: number;
  /** Blocks to try the choice on. @default what is left, shared among the folds */
  readonly testBlocks?: number;
  /** Blocks between both, which neither uses. @default 1 % of the recording, at least 20, the longest mark-out */
  readonly gapBlocks?: number;
}

/** Where a choice is made, and where it is tried. */
export interface Fold {
  readonly train: HeightSpan;
  /** Null where nothing is left to try it on. */
  readonly test: HeightSpan | null;
}

export const blocksIn = ({ from, to }: HeightSpan): number => to - from + 1;

/**
 * Walks forward over a recording: train window, gap, test window; then all of it by the length of a test window later. The
 * last test window ends with the recording, and no test window overlaps another.
 *
 * @throws ConfigError for a recording that is too short, with how long it must be.
 */
export function walkForward(name: string, span: HeightSpan, options: FoldOptions): readonly Fold[] {
  const { folds } = options;
  const blocks = blocksIn(span);
  if (folds === 0) {
    assertLong(name, { blocks, needed: MIN_TRAIN_BLOCKS, parts: `${MIN_TRAIN_BLOCKS} to choose on` });
    return [{ train: span, test: null }];
  }
  const gap = options.gapBlocks ?? Math.max(MIN_GAP, Math.round(blocks * GAP_SHARE));
  const shared =
    (blocks - gap - (options.trainBlocks ?? 0)) / (folds + (options.trainBlocks === undefined ? TRAIN_BY_TEST : 0));
  const test = options.testBlocks ?? Math.max(MIN_BLOCKS, Math.floor(shared));
  const train =
    options.trainBlocks ?? Math.max(MIN_TRAIN_BLOCKS, Math.min(TRAIN_BY_TEST * test, blocks - gap - folds * test));
  if (test < MIN_BLOCKS) throw new ConfigError(`expected --test of at least ${MIN_BLOCKS} blocks, was ${test}`);
  if (train < MIN_TRAIN_BLOCKS)
    throw new ConfigError(`expected --train of at least ${MIN_TRAIN_BLOCKS} blocks, was ${train}`);
  const parts = `${train} to choose on, a gap of ${gap}, and ${folds} × ${test} to try the choice on`;
  assertLong(name, { blocks, needed: train + gap + folds * test, parts });
  return Array.from({ length: folds }, (_, index) => {
    const testTo = span.to - (folds - 1 - index) * test;
    const trainTo = testTo - test - gap;
    return {
      train: { from: height(trainTo - train + 1), to: height(trainTo) },
      test: { from: height(testTo - test + 1), to: height(testTo) },
    };
  });
}

function assertLong(
  name: string,
  { blocks, needed, parts }: { readonly blocks: number; readonly needed: number; readonly parts: string },
): void {
  if (blocks >= needed) return;
  throw new ConfigError(`expected "${name}" to have at least ${needed} blocks (${parts}), was ${blocks}`, {
    hints: [
      'Record longer, or ask for less with --folds, --train, --test and --gap.',
      '--folds 0 chooses on all blocks; then nothing tells how the choice does on others.',
    ],
  });
}

/** The last part of a span: what a score with less than the whole budget is had from. */
export function lastPart(span: HeightSpan, budget: number): HeightSpan {
  const blocks = Math.max(1, Math.round(blocksIn(span) * budget));
  return { from: height(span.to - blocks + 1), to: span.to };
}
