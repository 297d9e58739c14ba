import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { amount, edge, MAX, pick, prosumersOf, someone, stranger } from './draw.ts';
import { isRoomy, metersOff, metersOn } from './offers.ts';

/** `add-energy`: a prosumer reports what it produced. */
export const addEnergyMoves: readonly Move[] = [
  move({
    name: 'addEnergy: ok',
    expects: 'ok',
    weight: 3,
    dice: fc.record({ die: fc.nat(), amount }),
    bind({ state }, { die, amount }) {
      const caller = pick(
        prosumersOf(state).filter((account) => isRoomy(state, account)),
        die,
      );
      return caller && [...metersOff(state), { caller, call: { kind: 'addEnergy', amount } }];
    },
  }),
  move({
    name: 'addEnergy: notFound',
    expects: 'notFound',
    dice: edge,
    bind: (_, amount) => [{ caller: stranger, call: { kind: 'addEnergy', amount } }],
  }),
  move({
    name: 'addEnergy: unauthorized',
    expects: 'unauthorized',
    dice: fc.record({ die: fc.nat(), amount: fc.oneof(amount, edge) }),
    bind({ state }, { die, amount }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [...metersOn(state), { caller, call: { kind: 'addEnergy', amount } }];
    },
  }),
  move({
    name: 'addEnergy: invalidAmount',
    expects: 'invalidAmount',
    dice: fc.record({ die: fc.nat(), amount: fc.constantFrom(0n, MAX + 1n, 2n ** 128n - 1n) }),
    bind({ state }, { die, amount }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [...metersOff(state), { caller, call: { kind: 'addEnergy', amount } }];
    },
  }),
  move({
    name: 'addEnergy: balanceCap',
    expects: 'balanceCap',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(prosumersOf(state), die);
      const account = caller && state.prosumers.get(caller);
      if (!account || account.energy + account.escrowed <= 0) return null;
      const above = MAX - BigInt(account.energy) - BigInt(account.escrowed) + 1n;
      return [...metersOff(state), { caller, call: { kind: 'addEnergy', amount: above } }];
    },
  }),
  move({
    name: 'addEnergy: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, amount: edge }),
    bind: (_, { caller, amount }) => [{ caller, call: { kind: 'addEnergy', amount } }],
  }),
];
