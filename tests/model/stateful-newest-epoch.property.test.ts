import { expect, it } from 'vitest';
import { epochs } from '../support/simnet.ts';
import { playHistories } from './history.ts';
import { moves } from './moves/index.ts';

it('in the newest epoch too: the same in any history, and C1 to C8 hold', { timeout: 0 }, async () => {
  const epoch = epochs[epochs.length - 1];
  expect(epoch).toBeDefined();
  if (epoch !== undefined) await playHistories({ epoch, moves, runs: 50 });
});
