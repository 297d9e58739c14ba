import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { amount, edge, MAX, pick, prosumersOf, someone, stranger } from './draw.ts';
import { energyOf, metersOff, metersOn, withEnergy } from './offers.ts';

/** `consume-energy`: a prosumer reports what it used. */
export const consumeEnergyMoves: readonly Move[] = [
  move({
    name: 'consumeEnergy: ok',
    expects: 'ok',
    dice: fc.record({ die: fc.nat(), part: fc.nat(19) }),
    bind({ state }, { die, part }) {
      const caller = pick(
        prosumersOf(state).filter((account) => energyOf(state, account) > 0),
        die,
      );
      if (caller === null) return null;
      const amount = Math.max(1, Math.floor((energyOf(state, caller) * part) / 20));
      return [...metersOff(state), { caller, call: { kind: 'consumeEnergy', amount: BigInt(amount) } }];
    },
  }),
  move({
    name: 'consumeEnergy: ok with all that it has',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(
        prosumersOf(state).filter((account) => energyOf(state, account) > 0),
        die,
      );
      if (caller === null) return null;
      const all = BigInt(energyOf(state, caller));
      return [...metersOff(state), { caller, call: { kind: 'consumeEnergy', amount: all } }];
    },
  }),
  move({
    name: 'consumeEnergy: notFound',
    expects: 'notFound',
    dice: edge,
    bind: (_, amount) => [{ caller: stranger, call: { kind: 'consumeEnergy', amount } }],
  }),
  move({
    name: 'consumeEnergy: unauthorized',
    expects: 'unauthorized',
    dice: fc.record({ die: fc.nat(), amount: fc.oneof(amount, edge) }),
    bind({ state }, { die, amount }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [...metersOn(state), { caller, call: { kind: 'consumeEnergy', amount } }];
    },
  }),
  move({
    name: 'consumeEnergy: invalidAmount',
    expects: 'invalidAmount',
    dice: fc.record({ die: fc.nat(), amount: fc.constantFrom(0n, MAX + 1n, 2n ** 127n) }),
    bind({ state }, { die, amount }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [...metersOff(state), { caller, call: { kind: 'consumeEnergy', amount } }];
    },
  }),
  move({
    name: 'consumeEnergy: insufficientEnergy',
    expects: 'insufficientEnergy',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(
        prosumersOf(state).filter((account) => energyOf(state, account) < Number(MAX)),
        die,
      );
      if (caller === null) return null;
      const above = BigInt(Math.max(0, energyOf(state, caller)) + 1);
      return [
        ...metersOff(state),
        ...(energyOf(state, caller) < 0 ? withEnergy(state, caller, 0) : []),
        { caller, call: { kind: 'consumeEnergy', amount: above } },
      ];
    },
  }),
  move({
    name: 'consumeEnergy: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, amount: edge }),
    bind: (_, { caller, amount }) => [{ caller, call: { kind: 'consumeEnergy', amount } }],
  }),
];
