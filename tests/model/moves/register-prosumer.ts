import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { pick, prosumersOf } from './draw.ts';

/** `register-prosumer`: the caller becomes a prosumer, once. */
export const registerProsumerMoves: readonly Move[] = [
  move({
    name: 'registerProsumer: ok',
    expects: 'ok',
    weight: 3,
    dice: fc.nat(),
    bind({ state }, die) {
      const others = cast.everyone.filter((account) => account !== cast.stranger && !state.prosumers.has(account));
      const caller = pick(others, die);
      return caller && [{ caller, call: { kind: 'registerProsumer' } }];
    },
  }),
  move({
    name: 'registerProsumer: alreadyRegistered',
    expects: 'alreadyRegistered',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(prosumersOf(state), die);
      return caller && [{ caller, call: { kind: 'registerProsumer' } }];
    },
  }),
];
