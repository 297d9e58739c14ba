import fc from 'fast-check';
import type { BuyEntry } from '../../../src/contract/index.ts';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { unequalMove } from './batch.ts';
import { deal, dealDice } from './deal.ts';
import { edge, MAX, someone } from './draw.ts';
import { grantTo, tradeAt } from './offers.ts';

const kind = 'buyEnergyFor';
const entryDice = fc.record({
  buyer: someone,
  die: fc.nat(),
  off: fc.constantFrom(0n, 0n, 0n, 1n, -1n),
  slack: fc.constantFrom(0n, 0n, 5n, -1n),
});
const edgeEntry = fc.record({ buyer: someone, tradeId: edge, amount: edge, maxPrice: edge });

/** `buy-energy-for`: offers are bought for many prosumers. */
export const buyEnergyForMoves: readonly Move[] = [
  move({
    name: `${kind}: ok with entries of all sorts`,
    expects: 'ok',
    weight: 4,
    dice: fc.record({ caller: someone, entries: fc.array(entryDice, { maxLength: 8 }) }),
    bind({ state, height }, { caller, entries }) {
      const wanted = entries.map(({ buyer, die, off, slack }): BuyEntry => {
        const offer = state.openOffers[die % Math.max(1, state.openOffers.length)];
        const tradeId = BigInt(offer?.id ?? 1);
        const trade = tradeAt(state, tradeId);
        const maxPrice = BigInt(trade?.price ?? 1) + slack;
        return { buyer, tradeId, amount: BigInt(trade?.amount ?? 1) + off, maxPrice };
      });
      return [{ caller, call: { kind, validUntil: BigInt(height), entries: wanted } }];
    },
  }),
  move({
    name: `${kind}: ok where entries want the same offer`,
    expects: 'ok',
    entries: ['ok', 'tradeNotOpen', 'unauthorized', 'selfTrade'],
    dice: dealDice,
    bind(scene, dice) {
      const made = deal(scene, dice);
      if (made === null) return null;
      const { acts, buyer, seller, id: tradeId, amount, price: maxPrice, next } = made;
      const terms = { tradeId, amount, maxPrice };
      const other = cast.everyone.find(
        (account) => account !== buyer && account !== seller && scene.state.prosumers.has(account),
      );
      if (other === undefined) return null;
      // Whoever is bought for grants nothing to the buyer, the buyer's own entries need no grant.
      return [
        ...acts,
        grantTo(seller, buyer, next),
        ...(scene.state.delegations.has(`${other} ${buyer}`)
          ? [{ caller: other, call: { kind: 'revokeDelegation', operator: buyer } } as const]
          : []),
        {
          caller: buyer,
          call: {
            kind,
            validUntil: MAX,
            entries: [
              { buyer: other, ...terms },
              { buyer: seller, ...terms },
              { buyer, ...terms },
              { buyer, ...terms },
            ],
          },
        },
      ];
    },
  }),
  move({
    name: `${kind}: ok until the spend limit is used up`,
    expects: 'ok',
    entries: ['ok', 'spendLimit'],
    dice: fc.record({ deal: dealDice, more: fc.nat(3) }),
    bind(scene, { deal: dice, more }) {
      const made = deal(scene, dice, { amount: 5n, price: 20n });
      if (made === null) return null;
      const { acts, buyer, seller, operator, id, next } = made;
      const entries = Array.from({ length: 3 + more }, () => ({ seller, amount: 5n, price: 20n }));
      const record = scene.state.prosumers.get(seller);
      const funds = BigInt(scene.state.prosumers.get(buyer)?.funds ?? 0);
      if (record === undefined || scene.balanceOf(buyer) + funds < 2_000n) return null;
      const bids = entries.map((_, index) => ({ buyer, tradeId: id + BigInt(index + 1), amount: 5n, maxPrice: 20n }));
      return [
        ...acts,
        { caller: seller, call: { kind: 'addEnergy', amount: BigInt(entries.length * 5) } },
        { caller: buyer, call: { kind: 'addFunds', amount: 1_000n } },
        { caller: seller, call: { kind: 'tradeEnergyFor', validUntil: MAX, openUntil: MAX, entries } },
        grantTo(buyer, operator, next + 3, { spendLimit: 250n }),
        { caller: operator, call: { kind, validUntil: BigInt(next + 4), entries: bids } },
      ];
    },
  }),
  move({
    name: `${kind}: ok with a hundred entries`,
    expects: 'ok',
    dice: fc.record({ deal: dealDice, entry: entryDice }),
    bind(scene, { deal: dice, entry }) {
      const made = deal(scene, dice);
      if (made === null) return null;
      const { acts, buyer, operator, id, amount, price: maxPrice, next } = made;
      const entries = Array.from({ length: 100 }, (_, index) => ({
        buyer: index % 3 === 0 ? entry.buyer : buyer,
        tradeId: id - BigInt((index * entry.die) % Number(id)),
        amount,
        maxPrice,
      }));
      const call = { kind, validUntil: BigInt(next + 1), entries } as const;
      return [...acts, grantTo(buyer, operator, next), { caller: operator, call }];
    },
  }),
  move({
    name: `${kind}: pastHeight`,
    expects: 'pastHeight',
    dice: fc.record({ caller: someone, entries: fc.array(edgeEntry, { maxLength: 2 }) }),
    bind: ({ height }, { caller, entries }) => [{ caller, call: { kind, validUntil: BigInt(height - 1), entries } }],
  }),
  unequalMove(kind, 4),
  move({
    name: `${kind}: anything`,
    expects: 'anything',
    dice: fc.record({ caller: someone, validUntil: edge, entries: fc.array(edgeEntry, { maxLength: 5 }) }),
    bind: (_, { caller, ...batch }) => [{ caller, call: { kind, ...batch } }],
  }),
];
