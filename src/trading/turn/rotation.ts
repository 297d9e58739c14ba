import { seededRandom } from '../../core/index.ts';

/**
 * The order in which `count` accounts take their pick in a turn. Over each run of `count` turns every account is first
 * exactly once, and each such run is shuffled anew, so nobody always stands behind the same rival. The same seed and turn
 * give the same order.
 */
export function pickOrder(count: number, { seed, turn }: { readonly seed: number; readonly turn: number }): number[] {
  if (count < 2) return count === 0 ? [] : [0];
  const round = Math.floor(turn / count);
  const shuffled = seededRandom((seed ^ Math.imul(round + 1, 0x9e3779b1)) | 0).shuffled(
    Array.from({ length: count }, (_, index) => index),
  );
  const first = turn % count;
  return [...shuffled.slice(first), ...shuffled.slice(0, first)];
}
