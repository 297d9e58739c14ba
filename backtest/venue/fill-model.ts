import type { Random } from '../../src/core/index.ts';

/** A recorded purchase and an offer of ours that stood beside what was bought. */
export interface Contest {
  /** µSTX per Wh that was paid. */
  readonly paid: number;
  /** Wh that were bought. */
  readonly wanted: number;
  /** µSTX per Wh that ours asks. */
  readonly asked: number;
  /** Wh of ours. */
  readonly offered: number;
  /**
   * How many offers the buyer left that would have cost it less per Wh, and whose Wh it bought at least; counted up to
   * `most`, if that is given.
   */
  passedOver(most?: number): number;
}

/** What a recording cannot tell: who comes first within a block, and who would have bought from us. */
export interface FillModel {
  readonly name: 'pessimistic' | 'expected' | 'optimistic';
  /** How many of a block's recorded transactions come before ours. */
  comesAfter(transactions: number, random: Random): number;
  /** Whether a recorded buyer would have taken ours in place of what it bought. */
  takesOurs(contest: Contest, random: Random): boolean;
  /** Blocks for which an offer of ours must have stood before a buyer can have chosen it. */
  noticeBlocks(latencyBlocks: number): number;
}

/**
 * Ours come last in their block, so an offer that anyone else takes there is lost. Ours is bought only by someone who paid
 * strictly more for at least as much, who was as slow as we are to see it, and who left nothing cheaper: the contract
 * matches nobody by price, so whoever passes over one cheap offer would have passed over ours.
 */
export const pessimistic: FillModel = {
  name: 'pessimistic',
  comesAfter: (transactions) => transactions,
  takesOurs: (contest) =>
    contest.paid > contest.asked && contest.wanted >= contest.offered && contest.passedOver(1) === 0,
  noticeBlocks: (latencyBlocks) => latencyBlocks,
};

/**
 * Ours come at a random place in their block. Who paid as much for at least as much chooses at random among ours, what it
 * bought, and the cheaper ones that it left.
 */
export const expected: FillModel = {
  name: 'expected',
  comesAfter: (transactions, random) => random.integer(0, transactions),
  takesOurs: (contest, random) =>
    contest.paid >= contest.asked &&
    contest.wanted >= contest.offered &&
    random.integer(0, contest.passedOver() + 1) === 0,
  noticeBlocks: () => 1,
};

/** Ours come first in their block. Ours is bought by whoever paid at least as much per Wh, and in total. */
export const optimistic: FillModel = {
  name: 'optimistic',
  comesAfter: () => 0,
  takesOurs: ({ paid, wanted, asked, offered }) => paid >= asked && paid * wanted >= asked * offered,
  noticeBlocks: () => 1,
};

/** From the one a verdict rests on to the one that nothing should rest on. */
export const fillModels: readonly FillModel[] = [pessimistic, expected, optimistic];
