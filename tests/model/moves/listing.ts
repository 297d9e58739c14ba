import fc from 'fast-check';
import type { EntryCall, GridCall, GridErrorName } from '../../../src/contract/index.ts';
import type { Principal } from '../../../src/core/index.ts';
import { cast } from '../cast.ts';
import { type Act, type Move, move, type Scene } from '../move.ts';
import { MAX, pick, prosumersOf, stranger } from './draw.ts';
import { energyOf, isRoomy, metersOff, metersOn, registered, withEnergy } from './offers.ts';

export interface Listing {
  readonly seller: Principal;
  readonly amount: bigint;
  readonly price: bigint;
  readonly openUntil: bigint;
}

type MakeListing = (listing: Listing) => GridCall | EntryCall;

const listingDice = fc.record({ die: fc.nat(), amount: fc.bigInt(1n, 60n), price: fc.bigInt(1n, 200n) });

/** A seller that can list what the dice say by itself, and the acts that make it so. */
function ready(
  { state, height }: Scene,
  die: number,
  wanted: bigint,
): { acts: Act[]; seller: Principal; next: number } | null {
  const seller = pick(
    prosumersOf(state).filter((account) => isRoomy(state, account)),
    die,
  );
  if (seller === null) return null;
  const acts = [...metersOff(state), ...withEnergy(state, seller, Number(wanted))];
  return { acts, seller, next: height + acts.length };
}

/** What a prosumer that lists for itself may be answered, whichever function it calls. */
export function ownListingMoves(kind: 'tradeEnergy' | 'tradeOneFor', make: MakeListing): readonly Move[] {
  const wrong = (
    error: GridErrorName,
    label: string,
    terms: fc.Arbitrary<{ readonly amount: bigint; readonly price: bigint }>,
  ): Move =>
    move({
      name: `${kind}: ${error}${label}`,
      expects: error,
      dice: fc.record({ die: fc.nat(), terms }),
      bind(scene, { die, terms }) {
        const found = ready(scene, die, 1n);
        if (found === null) return null;
        const { acts, seller, next } = found;
        return [...acts, { caller: seller, call: make({ seller, ...terms, openUntil: BigInt(next + 9) }) }];
      },
    });
  const beyond = fc.constantFrom(0n, MAX + 1n, 2n ** 127n, 2n ** 128n - 1n);
  return [
    move({
      name: `${kind}: ok`,
      expects: 'ok',
      weight: 4,
      dice: listingDice,
      bind(scene, { die, amount, price }) {
        const found = ready(scene, die, amount);
        if (found === null) return null;
        const { acts, seller, next } = found;
        return [...acts, { caller: seller, call: make({ seller, amount, price, openUntil: BigInt(next + 9) }) }];
      },
    }),
    move({
      name: `${kind}: ok with all energy at the highest price`,
      expects: 'ok',
      dice: fc.nat(),
      bind(scene, die) {
        const found = ready(scene, die, 1n);
        if (found === null) return null;
        const { acts, seller, next } = found;
        const amount = BigInt(Math.max(1, energyOf(scene.state, seller)));
        const listing = { seller, amount, price: MAX / amount, openUntil: BigInt(next) };
        return [...acts, { caller: seller, call: make(listing) }];
      },
    }),
    move({
      name: `${kind}: notFound`,
      expects: 'notFound',
      dice: beyond,
      bind: (_, amount) => [{ caller: stranger, call: make({ seller: stranger, amount, price: 0n, openUntil: 0n }) }],
    }),
    wrong('invalidAmount', '', fc.record({ amount: beyond, price: fc.oneof(beyond, fc.constant(1n)) })),
    wrong('invalidPrice', '', fc.record({ amount: fc.constant(1n), price: beyond })),
    wrong(
      'invalidPrice',
      ' for a cost above MAX',
      fc.constantFrom(
        { amount: 2n, price: (MAX + 1n) / 2n },
        { amount: MAX, price: 2n },
        { amount: MAX, price: MAX },
        { amount: 2n ** 27n, price: 2n ** 26n },
      ),
    ),
    move({
      name: `${kind}: unauthorized without the meter that is required`,
      expects: 'unauthorized',
      dice: fc.nat(),
      bind({ state, height }, die) {
        // A meter stays for good: where all who are registered have one, somebody new comes.
        const unmetered = cast.everyone.filter(
          (account) => account !== stranger && !state.prosumers.get(account)?.meter,
        );
        const seller = pick(unmetered, die);
        if (seller === null) return null;
        const call = make({ seller, amount: 1n, price: 1n, openUntil: BigInt(height + 9) });
        return [...registered(state, seller), ...metersOn(state), { caller: seller, call }];
      },
    }),
    move({
      name: `${kind}: insufficientEnergy`,
      expects: 'insufficientEnergy',
      dice: fc.nat(),
      bind({ state, height }, die) {
        const seller = pick(
          prosumersOf(state).filter((account) => isRoomy(state, account)),
          die,
        );
        if (seller === null) return null;
        const amount = BigInt(Math.max(0, energyOf(state, seller)) + 1);
        const call = make({ seller, amount, price: 1n, openUntil: BigInt(height + 9) });
        return [...metersOff(state), { caller: seller, call }];
      },
    }),
    move({
      name: `${kind}: tooManyOpenTrades`,
      expects: 'tooManyOpenTrades',
      dice: fc.nat(),
      bind: ({ state, height }) => [
        ...flood({ state, height }),
        {
          caller: cast.meter,
          call: make({ seller: cast.meter, amount: 1n, price: 1n, openUntil: BigInt(height + 50) }),
        },
      ],
    }),
  ];
}

/** Fills the spare account's open offers up to one hundred, and leaves it the energy for one more. */
export function flood({ state, height }: Pick<Scene, 'state' | 'height'>): readonly Act[] {
  const seller = cast.meter;
  const missing = 100 - (state.prosumers.get(seller)?.openTrades ?? 0);
  const entries = Array.from({ length: missing }, () => ({ seller, amount: 1n, price: 200n }));
  const far = BigInt(height + 50);
  return [
    ...registered(state, seller),
    ...metersOff(state),
    ...withEnergy(state, seller, missing + 1),
    ...(missing === 0
      ? []
      : [{ caller: seller, call: { kind: 'tradeEnergyFor', validUntil: far, openUntil: far, entries } } as const]),
  ];
}
