import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { edge, someone } from './draw.ts';
import { ownPurchaseMoves } from './purchase.ts';

/** `buy-energy`: a prosumer buys an offer for itself, whatever its terms. */
export const buyEnergyMoves: readonly Move[] = [
  ...ownPurchaseMoves('buyEnergy', ({ tradeId }) => ({ kind: 'buyEnergy', tradeId })),
  move({
    name: 'buyEnergy: anything',
    expects: 'anything',
    weight: 2,
    dice: fc.record({ caller: someone, tradeId: fc.oneof(fc.bigInt(1n, 30n), edge) }),
    bind: (_, { caller, tradeId }) => [{ caller, call: { kind: 'buyEnergy', tradeId } }],
  }),
];
