import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { cancellationMoves } from './cancellation.ts';
import { deal, dealDice } from './deal.ts';
import { edge, someone } from './draw.ts';

/** `cancel-one-for`: an offer of a named seller is taken back. */
export const cancelOneForMoves: readonly Move[] = [
  ...cancellationMoves('cancelOneFor', (cancellation) => ({ kind: 'cancelOneFor', ...cancellation })),
  move({
    name: 'cancelOneFor: termsDiffer',
    expects: 'termsDiffer',
    dice: fc.record({ deal: dealDice, caller: someone }),
    bind(scene, { deal: dice, caller }) {
      const made = deal(scene, dice, { funded: false });
      if (made === null) return null;
      const call = { kind: 'cancelOneFor', seller: made.buyer, tradeId: made.id } as const;
      return [...made.acts, { caller, call }];
    },
  }),
  move({
    name: 'cancelOneFor: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, seller: someone, tradeId: fc.oneof(fc.bigInt(1n, 30n), edge) }),
    bind: (_, { caller, ...cancellation }) => [{ caller, call: { kind: 'cancelOneFor', ...cancellation } }],
  }),
];
