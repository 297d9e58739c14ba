import type { Random } from '../../../src/core/index.ts';
import type { Candidate, Space } from '../space.ts';

/** What a search wants to know: how a candidate does on the most recent part of the data. */
export interface Ask {
  readonly candidate: Candidate;
  /** The part of the data, in (0, 1]. */
  readonly budget: number;
}

/** Higher is better; null where a candidate cannot be scored. */
export type Score = number | null;

/**
 * A search yields what it wants to know, a batch at a time, and is answered with the batch's scores, in its order. What it asks
 * next depends on nothing but its options and those scores, so it can be run again from the start with what was stored.
 */
export type Search = Generator<readonly Ask[], void, readonly Score[]>;

export interface SearchOptions {
  readonly space: Space;
  readonly random: Random;
  /** How many candidates to try. */
  readonly trials: number;
  /** How many values of a range a grid takes. */
  readonly levels: number;
  /** The smallest part of the data that a score can be had from. */
  readonly minBudget: number;
}

/** A way to search. */
export interface SearchMethod {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /** @throws ConfigError for options that it cannot go by. */
  start(options: SearchOptions): Search;
}

/** Candidates from the highest score to the lowest; those without come last, and of equals the first asked comes first. */
export function byScore<T>(items: readonly T[], scoreOf: (item: T) => Score): readonly T[] {
  const rank = (score: Score): number => score ?? Number.NEGATIVE_INFINITY;
  return items
    .map((item, index) => ({ item, index, score: rank(scoreOf(item)) }))
    .sort((a, b) => (a.score === b.score ? a.index - b.index : a.score > b.score ? -1 : 1))
    .map(({ item }) => item);
}
