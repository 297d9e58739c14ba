import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { edge, MAX, price, someone } from './draw.ts';

/** `set-energy-price`: the owner sets the price of the grid. */
export const setEnergyPriceMoves: readonly Move[] = [
  move({
    name: 'setEnergyPrice: ok',
    expects: 'ok',
    dice: fc.oneof(price, fc.constantFrom(1n, MAX)),
    bind: (_, price) => [{ caller: cast.owner, call: { kind: 'setEnergyPrice', price } }],
  }),
  move({
    name: 'setEnergyPrice: ownerOnly',
    expects: 'ownerOnly',
    dice: fc.record({ caller: someone, price: fc.oneof(price, edge) }),
    bind: (_, { caller, price }) =>
      caller === cast.owner ? null : [{ caller, call: { kind: 'setEnergyPrice', price } }],
  }),
  move({
    name: 'setEnergyPrice: invalidPrice',
    expects: 'invalidPrice',
    dice: fc.constantFrom(0n, MAX + 1n, 2n ** 128n - 1n),
    bind: (_, price) => [{ caller: cast.owner, call: { kind: 'setEnergyPrice', price } }],
  }),
];
