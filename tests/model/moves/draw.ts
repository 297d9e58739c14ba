import fc from 'fast-check';
import { MAX_AMOUNT, type Principal } from '../../../src/core/index.ts';
import type { MarketState } from '../../../src/market/index.ts';
import { cast } from '../cast.ts';

/** The contract's MAX as calls count. */
export const MAX = BigInt(MAX_AMOUNT);

/** Numbers that a uint holds and that something may trip over. */
export const edge = fc.constantFrom(
  0n,
  1n,
  2n,
  MAX - 1n,
  MAX,
  MAX + 1n,
  2n ** 64n,
  2n ** 127n - 1n,
  2n ** 127n,
  2n ** 128n - 1n,
);
/** Usual amounts in Wh, small enough that offers and balances meet. */
export const amount = fc.bigInt(1n, 300n);
/** Usual prices in µSTX per Wh. */
export const price = fc.bigInt(1n, 200n);
/** Usual funds in µSTX. */
export const funds = fc.bigInt(1n, 30_000n);

export const someone: fc.Arbitrary<Principal> = fc.constantFrom(...cast.everyone);
export const { stranger } = cast;

/** Those who are registered and not the stranger, in the order of the cast. */
export function prosumersOf(state: MarketState): readonly Principal[] {
  return cast.everyone.filter((account) => state.prosumers.has(account));
}

/** The die's choice among some; null where there are none. */
export function pick<T>(among: readonly T[], die: number): T | null {
  return among.length === 0 ? null : (among[die % among.length] as T);
}
