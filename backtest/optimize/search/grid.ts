import { ConfigError } from '../../../src/core/index.ts';
import { type Candidate, levelsOf } from '../space.ts';
import type { SearchMethod } from './search.ts';

/** More candidates than this are a slip of the space rather than a wish. */
const MOST = 100_000;

/** Every combination of values. */
export const grid: SearchMethod = {
  name: 'grid',
  description: 'every combination of the values; of a range --levels of them',
  start({ space, levels }) {
    const axes = space.map((axis) => ({ name: axis.name, values: levelsOf(axis, levels) }));
    const size = axes.reduce((product, { values }) => product * values.length, 1);
    if (size > MOST) {
      throw new ConfigError(`expected a grid of at most ${MOST} combinations, was ${size}`, {
        hints: ['Name fewer parameters with --space, fewer --levels, or search with --method halving or random.'],
      });
    }
    const candidates = axes.reduce<readonly Candidate[]>(
      (all, { name, values }) => all.flatMap((before) => values.map((value) => ({ ...before, [name]: value }))),
      [{}],
    );
    return (function* () {
      yield candidates.map((candidate) => ({ candidate, budget: 1 }));
    })();
  },
};
