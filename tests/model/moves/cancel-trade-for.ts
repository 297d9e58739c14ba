import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { unequalMove } from './batch.ts';
import { deal, dealDice } from './deal.ts';
import { edge, MAX, someone } from './draw.ts';
import { flood } from './listing.ts';

const kind = 'cancelTradeFor';
const edgeEntry = fc.record({ seller: someone, tradeId: edge });

/** `cancel-trade-for`: offers of many prosumers are taken back. */
export const cancelTradeForMoves: readonly Move[] = [
  move({
    name: `${kind}: ok with entries of all sorts`,
    expects: 'ok',
    weight: 2,
    dice: fc.record({
      caller: someone,
      entries: fc.array(fc.record({ die: fc.nat(), other: fc.option(someone, { freq: 4 }) }), { maxLength: 8 }),
    }),
    bind({ state, height }, { caller, entries }) {
      const wanted = entries.map(({ die, other }) => {
        const offer = state.openOffers[die % Math.max(1, state.openOffers.length)];
        return { seller: other ?? offer?.seller ?? caller, tradeId: BigInt(offer?.id ?? 1) };
      });
      return [{ caller, call: { kind, validUntil: BigInt(height), entries: wanted } }];
    },
  }),
  move({
    name: `${kind}: ok where entries name the same offer`,
    expects: 'ok',
    entries: ['ok', 'tradeNotOpen', 'termsDiffer'],
    dice: dealDice,
    bind(scene, dice) {
      const made = deal(scene, dice, { funded: false });
      if (made === null) return null;
      const { acts, seller, buyer, id: tradeId } = made;
      const own = { seller, tradeId };
      const entries = [{ seller: buyer, tradeId }, own, own];
      return [...acts, { caller: seller, call: { kind, validUntil: MAX, entries } }];
    },
  }),
  move({
    name: `${kind}: ok with all hundred offers of a prosumer at once`,
    expects: 'ok',
    entries: ['ok'],
    weight: 2,
    dice: fc.nat(),
    bind({ state, height }) {
      const acts = flood({ state, height });
      const seller = cast.meter;
      const before = state.openOffers.filter((offer) => offer.seller === seller).map(({ id }) => BigInt(id));
      const listed = Array.from({ length: 100 - before.length }, (_, index) => BigInt(state.lastTradeId + 1 + index));
      const entries = [...before, ...listed].map((tradeId) => ({ seller, tradeId }));
      return [...acts, { caller: seller, call: { kind, validUntil: MAX, entries } }];
    },
  }),
  move({
    name: `${kind}: pastHeight`,
    expects: 'pastHeight',
    dice: fc.record({ caller: someone, entries: fc.array(edgeEntry, { maxLength: 2 }) }),
    bind: ({ height }, { caller, entries }) => [{ caller, call: { kind, validUntil: BigInt(height - 1), entries } }],
  }),
  unequalMove(kind, 2),
  move({
    name: `${kind}: anything`,
    expects: 'anything',
    dice: fc.record({ caller: someone, validUntil: edge, entries: fc.array(edgeEntry, { maxLength: 5 }) }),
    bind: (_, { caller, ...batch }) => [{ caller, call: { kind, ...batch } }],
  }),
];
