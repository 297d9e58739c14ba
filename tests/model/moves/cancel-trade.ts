import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { cancellationMoves } from './cancellation.ts';
import { edge, someone } from './draw.ts';

/** `cancel-trade`: an offer is taken back. */
export const cancelTradeMoves: readonly Move[] = [
  ...cancellationMoves('cancelTrade', ({ tradeId }) => ({ kind: 'cancelTrade', tradeId })),
  move({
    name: 'cancelTrade: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, tradeId: fc.oneof(fc.bigInt(1n, 30n), edge) }),
    bind: (_, { caller, tradeId }) => [{ caller, call: { kind: 'cancelTrade', tradeId } }],
  }),
];
