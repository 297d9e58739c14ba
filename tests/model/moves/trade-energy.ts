import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { edge, someone } from './draw.ts';
import { ownListingMoves } from './listing.ts';

/** `trade-energy`: a prosumer offers its own energy, without expiry. */
export const tradeEnergyMoves: readonly Move[] = [
  ...ownListingMoves('tradeEnergy', ({ amount, price }) => ({ kind: 'tradeEnergy', amount, price })),
  move({
    name: 'tradeEnergy: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, amount: edge, price: edge }),
    bind: (_, { caller, amount, price }) => [{ caller, call: { kind: 'tradeEnergy', amount, price } }],
  }),
];
