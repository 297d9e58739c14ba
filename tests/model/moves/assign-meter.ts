import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { pick, prosumersOf, someone, stranger } from './draw.ts';

/** `assign-meter`: the owner names whose readings count. */
export const assignMeterMoves: readonly Move[] = [
  move({
    name: 'assignMeter: ok',
    expects: 'ok',
    weight: 2,
    dice: fc.record({ die: fc.nat(), meter: fc.oneof(fc.constant(cast.meter), someone) }),
    bind({ state }, { die, meter }) {
      const prosumer = pick(prosumersOf(state), die);
      return prosumer && [{ caller: cast.owner, call: { kind: 'assignMeter', prosumer, meter } }];
    },
  }),
  move({
    name: 'assignMeter: ownerOnly',
    expects: 'ownerOnly',
    dice: fc.record({ caller: someone, prosumer: someone }),
    bind: (_, { caller, prosumer }) =>
      caller === cast.owner ? null : [{ caller, call: { kind: 'assignMeter', prosumer, meter: caller } }],
  }),
  move({
    name: 'assignMeter: notFound',
    expects: 'notFound',
    dice: someone,
    bind: (_, meter) => [{ caller: cast.owner, call: { kind: 'assignMeter', prosumer: stranger, meter } }],
  }),
];
