import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { someone } from './draw.ts';

/** `require-meters`: the owner turns self-reporting off or on. */
export const requireMetersMoves: readonly Move[] = [
  move({
    name: 'requireMeters: ok',
    expects: 'ok',
    dice: fc.boolean(),
    bind: (_, required) => [{ caller: cast.owner, call: { kind: 'requireMeters', required } }],
  }),
  move({
    name: 'requireMeters: ownerOnly',
    expects: 'ownerOnly',
    dice: fc.record({ caller: someone, required: fc.boolean() }),
    bind: (_, { caller, required }) =>
      caller === cast.owner ? null : [{ caller, call: { kind: 'requireMeters', required } }],
  }),
];
