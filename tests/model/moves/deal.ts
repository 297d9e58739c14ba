import fc from 'fast-check';
import type { Principal } from '../../../src/core/index.ts';
import { cast } from '../cast.ts';
import type { Act, Scene } from '../move.ts';
import { amount, pick, price } from './draw.ts';
import { isRoomy, metersOff, nextId, registered, withEnergy, withFunds } from './offers.ts';

/** The dice of a deal. */
export const dealDice = fc.record({ seller: fc.nat(), buyer: fc.nat(), operator: fc.nat(), amount, price });
export type DealDice = typeof dealDice extends fc.Arbitrary<infer Dice> ? Dice : never;

/** An offer that has just been listed, and who may buy it. */
export interface Deal {
  readonly acts: readonly Act[];
  readonly seller: Principal;
  readonly buyer: Principal;
  readonly operator: Principal;
  readonly id: bigint;
  readonly amount: bigint;
  readonly price: bigint;
  readonly cost: bigint;
  /** The height that the act after these executes at. */
  readonly next: number;
}

export interface DealOptions {
  /** Blocks after its listing up to which the offer can be bought; without expiry where absent. */
  readonly openFor?: number;
  /** Whether the buyer is given the funds for it. @default true */
  readonly funded?: boolean;
  /** @default the dice's */
  readonly amount?: bigint;
  readonly price?: bigint;
  readonly sellers?: readonly Principal[];
  readonly buyers?: readonly Principal[];
}

const players = cast.everyone.filter((account) => account !== cast.stranger);

/** Sets the scene of a purchase: meters off, both registered, the seller with the energy, the buyer with the funds. */
export function deal({ state, height, balanceOf }: Scene, dice: DealDice, options: DealOptions = {}): Deal | null {
  const amount = options.amount ?? dice.amount;
  const price = options.price ?? dice.price;
  const cost = amount * price;
  const seller = pick(
    (options.sellers ?? players).filter((account) => isRoomy(state, account)),
    dice.seller,
  );
  const rich = (account: Principal) => options.funded === false || balanceOf(account) >= cost;
  const buyer = pick(
    (options.buyers ?? players).filter((account) => account !== seller && isRoomy(state, account) && rich(account)),
    dice.buyer,
  );
  const operator = pick(
    cast.operators.filter((account) => account !== seller && account !== buyer),
    dice.operator,
  );
  if (seller === null || buyer === null || operator === null) return null;
  const before: readonly Act[] = [
    ...registered(state, seller),
    ...registered(state, buyer),
    ...metersOff(state),
    ...withEnergy(state, seller, Number(amount)),
    ...(options.funded === false ? [] : withFunds(state, buyer, Number(cost))),
  ];
  const listedAt = height + before.length;
  const listing = {
    caller: seller,
    call:
      options.openFor === undefined
        ? ({ kind: 'tradeEnergy', amount, price } as const)
        : ({ kind: 'tradeOneFor', seller, amount, price, openUntil: BigInt(listedAt + options.openFor) } as const),
  };
  return {
    acts: [...before, listing],
    seller,
    buyer,
    operator,
    id: nextId(state),
    amount,
    price,
    cost,
    next: listedAt + 1,
  };
}
