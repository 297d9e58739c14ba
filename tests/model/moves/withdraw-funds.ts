import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { edge, MAX, pick, prosumersOf, someone, stranger } from './draw.ts';
import { fundsOf } from './offers.ts';

/** `withdraw-funds`: a prosumer takes its funds out. */
export const withdrawFundsMoves: readonly Move[] = [
  move({
    name: 'withdrawFunds: ok',
    expects: 'ok',
    dice: fc.record({ die: fc.nat(), part: fc.nat(9) }),
    bind({ state }, { die, part }) {
      const caller = pick(
        prosumersOf(state).filter((account) => fundsOf(state, account) > 0),
        die,
      );
      if (caller === null) return null;
      const amount = Math.max(1, Math.floor((fundsOf(state, caller) * part) / 10));
      return [{ caller, call: { kind: 'withdrawFunds', amount: BigInt(amount) } }];
    },
  }),
  move({
    name: 'withdrawFunds: ok with all that it has',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(
        prosumersOf(state).filter((account) => fundsOf(state, account) > 0),
        die,
      );
      return caller && [{ caller, call: { kind: 'withdrawFunds', amount: BigInt(fundsOf(state, caller)) } }];
    },
  }),
  move({
    name: 'withdrawFunds: notFound',
    expects: 'notFound',
    dice: edge,
    bind: (_, amount) => [{ caller: stranger, call: { kind: 'withdrawFunds', amount } }],
  }),
  move({
    name: 'withdrawFunds: invalidAmount',
    expects: 'invalidAmount',
    dice: fc.record({ die: fc.nat(), amount: fc.constantFrom(0n, MAX + 1n, 2n ** 127n) }),
    bind({ state }, { die, amount }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [{ caller, call: { kind: 'withdrawFunds', amount } }];
    },
  }),
  move({
    name: 'withdrawFunds: insufficientFunds',
    expects: 'insufficientFunds',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(prosumersOf(state), die);
      return caller && [{ caller, call: { kind: 'withdrawFunds', amount: BigInt(fundsOf(state, caller) + 1) } }];
    },
  }),
  move({
    name: 'withdrawFunds: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, amount: edge }),
    bind: (_, { caller, amount }) => [{ caller, call: { kind: 'withdrawFunds', amount } }],
  }),
];
