import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of random numbers that is fully determined by its seed. */
export interface Random {
  /** A uniform integer in [low, high], both included. */
  integer(low: number, high: number): number;
  /** A uniform number in [0, 1). */
  fraction(): number;
  /** A new array with the elements of `items` in uniform random order. */
  shuffled<T>(items: readonly T[]): T[];
}

/** Makes a random source; the same 32-bit `seed` gives the same numbers on every machine. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const integer = (low: number, high: number): number => uniformInt(generator, low, high);
  return {
    integer,
    fraction: () => uniformFloat64(generator),
    shuffled: <T>(items: readonly T[]): T[] => {
      const result = [...items];
      for (let index = result.length - 1; index > 0; index -= 1) {
        const other = integer(0, index);
        const moved = result[index] as T;
        result[index] = result[other] as T;
        result[other] = moved;
      }
      return result;
    },
  };
}
