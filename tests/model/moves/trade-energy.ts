import fc from 'fast-check';
import { type Move, move } from '../move.ts';
import { edge, MAX, pick, prosumersOf, someone } from './draw.ts';
import { ownListingMoves } from './listing.ts';
import { isRoomy, metersOff, withEnergy } from './offers.ts';

/** MAX is 6,361 × 69,431 × 20,394,401. */
const DIVISOR = 6_361n;

/** `trade-energy`: a prosumer offers its own energy, without expiry. */
export const tradeEnergyMoves: readonly Move[] = [
  ...ownListingMoves('tradeEnergy', ({ amount, price }) => ({ kind: 'tradeEnergy', amount, price })),
  move({
    name: 'tradeEnergy: ok for as much as an offer may be worth',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const caller = pick(
        prosumersOf(state).filter((account) => isRoomy(state, account)),
        die,
      );
      if (caller === null) return null;
      const scene = [...metersOff(state), ...withEnergy(state, caller, Number(DIVISOR))];
      return [...scene, { caller, call: { kind: 'tradeEnergy', amount: DIVISOR, price: MAX / DIVISOR } }];
    },
  }),
  move({
    name: 'tradeEnergy: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, amount: edge, price: edge }),
    bind: (_, { caller, amount, price }) => [{ caller, call: { kind: 'tradeEnergy', amount, price } }],
  }),
];
