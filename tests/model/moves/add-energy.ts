import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { amount, edge, MAX, pick, prosumersOf, someone, stranger } from './draw.ts';

/** `add-energy`: a prosumer reports what it produced. */
export const addEnergyMoves: readonly Move[] = [
  move({
    name: 'addEnergy: ok',
    expects: 'ok',
    weight: 3,
    dice: fc.record({ who: fc.nat(), amount }),
    bind({ state }, dice) {
      const who = pick(prosumersOf(state), dice.who);
      return who === null || state.metersRequired
        ? null
        : [{ caller: who, call: { kind: 'addEnergy', amount: dice.amount } }];
    },
  }),
  move({
    name: 'addEnergy: notFound',
    expects: 'notFound',
    dice: amount,
    bind: (_, amount) => [{ caller: stranger, call: { kind: 'addEnergy', amount } }],
  }),
  move({
    name: 'addEnergy: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, amount: edge }),
    bind: (_, { caller, amount }) => [{ caller, call: { kind: 'addEnergy', amount } }],
  }),
];
