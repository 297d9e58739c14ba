import type { Random } from '../../../src/core/index.ts';
import { type Candidate, keyOf, type Space, valueAt } from '../space.ts';

/** Draws in a row that bring nothing new before a space counts as used up. */
const PATIENCE = 1_000;

/** So many different candidates, uniformly at random; fewer where the space has no more. */
export function drawCandidates(space: Space, random: Random, count: number): readonly Candidate[] {
  const drawn = new Map<string, Candidate>();
  for (let idle = 0; drawn.size < count && idle < PATIENCE; ) {
    const candidate = Object.fromEntries(space.map((axis) => [axis.name, valueAt(axis, random.fraction())]));
    const key = keyOf(candidate);
    idle = drawn.has(key) ? idle + 1 : 0;
    drawn.set(key, candidate);
  }
  return [...drawn.values()];
}
