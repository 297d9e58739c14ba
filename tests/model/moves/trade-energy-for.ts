import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { unequalMove } from './batch.ts';
import { deal, dealDice } from './deal.ts';
import { edge, MAX, price, someone } from './draw.ts';
import { flood } from './listing.ts';
import { grantTo } from './offers.ts';

const kind = 'tradeEnergyFor';
const entry = fc.record({ seller: someone, amount: fc.bigInt(1n, 60n), price });
const edgeEntry = fc.record({ seller: someone, amount: edge, price: edge });

/** `trade-energy-for`: offers of many prosumers are listed. */
export const tradeEnergyForMoves: readonly Move[] = [
  move({
    name: `${kind}: ok with entries of all sorts`,
    expects: 'ok',
    weight: 4,
    dice: fc.record({
      caller: fc.constantFrom(...cast.operators, ...cast.prosumers),
      entries: fc.array(entry, { maxLength: 8 }),
      blocks: fc.nat(9),
    }),
    bind: ({ height }, { caller, entries, blocks }) => [
      { caller, call: { kind, validUntil: BigInt(height), openUntil: BigInt(height + blocks), entries } },
    ],
  }),
  move({
    name: `${kind}: ok until the energy limit is used up, by two operators`,
    expects: 'ok',
    entries: ['ok', 'energyLimit', 'priceLimit'],
    dice: dealDice,
    bind(scene, dice) {
      const made = deal(scene, dice, { funded: false, amount: 30n, sellers: cast.prosumers });
      if (made === null) return null;
      const { seller } = made;
      const [first, second] = cast.operators;
      const before = made.acts.slice(0, -1);
      const at = scene.height + before.length;
      const limits = { energyLimit: 20n, minSellPrice: 5n };
      const lot = { seller, amount: 10n, price: 5n };
      const batch = { kind, validUntil: MAX, openUntil: BigInt(at + 30) } as const;
      return [
        ...before,
        grantTo(seller, first, at, limits),
        grantTo(seller, second, at, limits),
        { caller: first, call: { ...batch, entries: [lot] } },
        { caller: second, call: { ...batch, entries: [{ ...lot, price: 4n }, lot, { ...lot, amount: 11n }] } },
      ];
    },
  }),
  move({
    name: `${kind}: ok with a hundred entries until no more offers may be open`,
    expects: 'ok',
    entries: ['tooManyOpenTrades'],
    dice: fc.nat(),
    bind({ state, height }) {
      const acts = flood({ state, height });
      const entries = Array.from({ length: 100 }, () => ({ seller: cast.meter, amount: 1n, price: 1n }));
      return [...acts, { caller: cast.meter, call: { kind, validUntil: MAX, openUntil: MAX, entries } }];
    },
  }),
  ...Object.entries({
    'for the batch': (height: number) => ({ validUntil: BigInt(height - 1), openUntil: BigInt(height) }),
    'for the offers': (height: number) => ({ validUntil: BigInt(height), openUntil: BigInt(height - 1) }),
    'beyond what a height can be': (height: number) => ({ validUntil: BigInt(height), openUntil: MAX + 1n }),
  }).map(([where, heightsAt]) =>
    move({
      name: `${kind}: pastHeight ${where}`,
      expects: 'pastHeight',
      dice: fc.record({ caller: someone, entries: fc.array(entry, { maxLength: 2 }) }),
      bind: ({ height }, { caller, entries }) => [{ caller, call: { kind, ...heightsAt(height), entries } }],
    }),
  ),
  unequalMove(kind, 3),
  move({
    name: `${kind}: anything`,
    expects: 'anything',
    dice: fc.record({
      caller: someone,
      validUntil: fc.constantFrom(MAX, 2n ** 128n - 1n),
      openUntil: fc.oneof(fc.constant(MAX), edge),
      entries: fc.array(edgeEntry, { maxLength: 5 }),
    }),
    bind: (_, { caller, ...batch }) => [{ caller, call: { kind, ...batch } }],
  }),
];
