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
}

/** What the buyer of a recorded purchase chose from, besides what it bought. */
export interface Alternatives {
  /** Offers of ours that suited it; one at least. */
  readonly ours: number;
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
  /** Whether a recorded buyer could have taken ours in place of what it bought, by its terms. */
  suits(contest: Contest): boolean;
  /** Whether a recorded buyer whom some of ours suit would have taken one: the cheapest. */
  takesOurs(alternatives: Alternatives, random: Random): boolean;
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
  suits: ({ paid, wanted, asked, offered }) => paid > asked && wanted >= offered,
  takesOurs: (alternatives) => alternatives.passedOver(1) === 0,
  noticeBlocks: (latencyBlocks) => latencyBlocks,
};

/**
 * Ours come at a random place in their block. Who paid as much for at least as much chooses evenly among those of ours, what
 * it bought, and the cheaper ones that it left.
 */
export const expected: FillModel = {
  name: 'expected',
  comesAfter: (transactions, random) => random.integer(0, transactions),
  suits: ({ paid, wanted, asked, offered }) => paid >= asked && wanted >= offered,
  takesOurs: (alternatives, random) =>
    random.integer(0, alternatives.ours + alternatives.passedOver()) < alternatives.ours,
  noticeBlocks: () => 1,
};

/** Ours come first in their block. Ours is bought by whoever paid at least as much per Wh, and in total. */
export const optimistic: FillModel = {
  name: 'optimistic',
  comesAfter: () => 0,
  suits: ({ paid, wanted, asked, offered }) => paid >= asked && paid * wanted >= asked * offered,
  takesOurs: () => true,
  noticeBlocks: () => 1,
};

/** From the one a verdict rests on to the one that nothing should rest on. */
export const fillModels: readonly FillModel[] = [pessimistic, expected, optimistic];
