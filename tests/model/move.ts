import type fc from 'fast-check';
import type { EntryCall, GridCall, GridErrorName } from '../../src/contract/index.ts';
import type { Height, Principal } from '../../src/core/index.ts';
import type { MarketState } from '../../src/market/index.ts';

/** What a move sees before it is made: the model alone, so that a move is drawn and shrunk without the chain. */
export interface Scene {
  readonly state: MarketState;
  /** The height that the first act executes at; each further act but `wait` takes one block. */
  readonly height: Height;
  /** The µSTX that an account owns outside the contract. */
  balanceOf(account: Principal): bigint;
}

/** One thing done on the contract and on the model alike. */
export type Act =
  | { readonly caller: Principal; readonly call: GridCall | EntryCall }
  /** A call that the binding cannot make: a batch whose lists have these lengths. */
  | { readonly caller: Principal; readonly unequal: UnequalBatch }
  /** Blocks pass. */
  | { readonly wait: number }
  /** µSTX sent to the contract outside of it, which change nobody's funds. */
  | { readonly donor: Principal; readonly amount: bigint };

/** A batch call whose lists differ in length, filled with the one entry given. */
export interface UnequalBatch {
  readonly kind: 'buyEnergyFor' | 'tradeEnergyFor' | 'cancelTradeFor';
  readonly validUntil: bigint;
  readonly lengths: readonly number[];
}

/**
 * A move of a random history. Its subject is the last act; those before it set the scene and must succeed (entries of
 * batches too).
 */
export interface Move<Dice = unknown> {
  /** `<function>: ok`, `<function>: <error>`, `<function>: anything`, or what else it does. Unique. */
  readonly name: string;
  /** The subject's answer: that it succeeds, this error, or whatever the model says. */
  readonly expects: 'ok' | GridErrorName | 'anything';
  /** The answers that entries of a batch must show at least once, where the move is about them. */
  readonly entries?: readonly ('ok' | GridErrorName)[];
  /** How often it is drawn beside the others. @default 1 */
  readonly weight?: number;
  readonly dice: fc.Arbitrary<Dice>;
  /** The acts in this scene; null where there is nothing to make the move with. */
  bind(scene: Scene, dice: Dice): readonly Act[] | null;
}

/** Keeps the type of the dice while it writes a move, and forgets it in the list. */
export function move<Dice>(written: Move<Dice>): Move {
  return written as Move;
}
