import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { edge, funds, MAX, pick, prosumersOf, someone, stranger } from './draw.ts';
import { fundsOf, registered } from './offers.ts';

/** `add-funds`: a prosumer moves its own STX into its funds. */
export const addFundsMoves: readonly Move[] = [
  move({
    name: 'addFunds: ok',
    expects: 'ok',
    weight: 3,
    dice: fc.record({ die: fc.nat(), amount: funds }),
    bind(scene, { die, amount }) {
      const caller = pick(
        prosumersOf(scene.state).filter((account) => scene.balanceOf(account) >= amount),
        die,
      );
      return caller && [{ caller, call: { kind: 'addFunds', amount } }];
    },
  }),
  move({
    name: 'addFunds: ok with all that it owns',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state, balanceOf }) {
      const caller = cast.poor;
      if (balanceOf(caller) === 0n) return null;
      return [...registered(state, caller), { caller, call: { kind: 'addFunds', amount: balanceOf(caller) } }];
    },
  }),
  move({
    name: 'addFunds: ok up to the cap, and out again',
    expects: 'ok',
    dice: fc.constant(null),
    bind({ state, balanceOf }) {
      const caller = cast.rich;
      const amount = MAX - BigInt(fundsOf(state, caller));
      if (amount <= 0n || balanceOf(caller) < amount) return null;
      const calls = [{ kind: 'addFunds', amount } as const, { kind: 'withdrawFunds', amount: MAX } as const];
      return [...registered(state, caller), ...calls.map((call) => ({ caller, call }))];
    },
  }),
  move({
    name: 'addFunds: notFound',
    expects: 'notFound',
    dice: edge,
    bind: (_, amount) => [{ caller: stranger, call: { kind: 'addFunds', amount } }],
  }),
  move({
    name: 'addFunds: invalidAmount',
    expects: 'invalidAmount',
    dice: fc.record({ die: fc.nat(), amount: fc.constantFrom(0n, MAX + 1n, 2n ** 128n - 1n) }),
    bind({ state }, { die, amount }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [{ caller, call: { kind: 'addFunds', amount } }];
    },
  }),
  move({
    name: 'addFunds: balanceCap',
    expects: 'balanceCap',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(
        prosumersOf(state).filter((account) => fundsOf(state, account) > 0),
        die,
      );
      if (caller === null) return null;
      const above = MAX - BigInt(fundsOf(state, caller)) + 1n;
      return [{ caller, call: { kind: 'addFunds', amount: above } }];
    },
  }),
  move({
    name: 'addFunds: transferInsufficientBalance',
    expects: 'transferInsufficientBalance',
    dice: fc.nat(),
    bind({ state, balanceOf }, die) {
      const caller = pick(prosumersOf(state), die);
      return caller && [{ caller, call: { kind: 'addFunds', amount: balanceOf(caller) + 1n } }];
    },
  }),
  move({
    name: 'addFunds: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, amount: edge }),
    bind: (_, { caller, amount }) => [{ caller, call: { kind: 'addFunds', amount } }],
  }),
  move({
    name: 'a direct transfer changes nobody’s funds',
    expects: 'ok',
    dice: fc.record({ donor: fc.constantFrom(...cast.operators), amount: funds }),
    bind: (_, { donor, amount }) => [{ donor, amount }],
  }),
];
