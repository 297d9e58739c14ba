import { type Random, seededRandom } from '../../core/index.ts';
import { sha512t256 } from '../hashing.ts';

/** The random source of the `n`-th draw of `stream`: the same for the same three, whatever was drawn before. */
export const drawAt = (seed: number, stream: string, n: number): Random =>
  seededRandom(Number.parseInt(sha512t256(`${seed} ${stream} ${n}`).slice(0, 8), 16) | 0);

/** One of `items`. */
export const pick = <T>(random: Random, items: readonly [T, ...T[]]): T =>
  items[random.integer(0, items.length - 1)] ?? items[0];
