import fc from 'fast-check';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { edge, MAX, pick, prosumersOf, someone, stranger } from './draw.ts';
import { grantTo } from './offers.ts';

const operator = fc.constantFrom(...cast.operators, ...cast.prosumers);
const limits = fc.record({
  spendLimit: fc.oneof(fc.bigInt(0n, 30_000n), fc.constantFrom(0n, MAX)),
  energyLimit: fc.oneof(fc.bigInt(0n, 600n), fc.constantFrom(0n, MAX)),
  maxBuyPrice: fc.oneof(fc.bigInt(20n, 200n), fc.constantFrom(0n, MAX)),
  minSellPrice: fc.oneof(fc.bigInt(0n, 100n), fc.constantFrom(0n, MAX)),
});

/** `delegate-trading`: a prosumer grants an operator limits. */
export const delegateTradingMoves: readonly Move[] = [
  move({
    name: 'delegateTrading: ok',
    expects: 'ok',
    weight: 3,
    dice: fc.record({ die: fc.nat(), operator, limits, blocks: fc.oneof(fc.nat(12), fc.constant(100)) }),
    bind({ state, height }, { die, operator, limits, blocks }) {
      const caller = pick(
        prosumersOf(state).filter((account) => account !== operator),
        die,
      );
      return caller && [grantTo(caller, operator, height, { ...limits, expiresAt: BigInt(height + blocks) })];
    },
  }),
  move({
    name: 'delegateTrading: ok with the largest of all limits',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state, height }, die) {
      const caller = pick(prosumersOf(state), die);
      const limits = { spendLimit: MAX, energyLimit: MAX, maxBuyPrice: MAX, minSellPrice: MAX, expiresAt: MAX };
      return caller && [grantTo(caller, cast.stranger, height, limits)];
    },
  }),
  move({
    name: 'delegateTrading: notFound',
    expects: 'notFound',
    dice: operator,
    bind: ({ height }, operator) => [grantTo(stranger, operator, height)],
  }),
  move({
    name: 'delegateTrading: unauthorized',
    expects: 'unauthorized',
    dice: fc.record({ die: fc.nat(), energyLimit: edge }),
    bind({ state, height }, { die, energyLimit }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [grantTo(caller, caller, height, { energyLimit })];
    },
  }),
  move({
    name: 'delegateTrading: invalidAmount',
    expects: 'invalidAmount',
    dice: fc.record({ die: fc.nat(), spendLimit: edge }),
    bind({ state, height }, { die, spendLimit }) {
      const caller = pick(prosumersOf(state), die);
      return caller && [grantTo(caller, cast.stranger, height, { energyLimit: MAX + 1n, spendLimit })];
    },
  }),
  ...(['spendLimit', 'maxBuyPrice', 'minSellPrice'] as const).map((which) =>
    move({
      name: `delegateTrading: invalidPrice of ${which}`,
      expects: 'invalidPrice',
      dice: fc.nat(),
      bind({ state, height }, die) {
        const caller = pick(prosumersOf(state), die);
        return caller && [grantTo(caller, cast.stranger, height, { [which]: MAX + 1n, expiresAt: 0n })];
      },
    }),
  ),
  move({
    name: 'delegateTrading: pastHeight',
    expects: 'pastHeight',
    dice: fc.record({ die: fc.nat(), beyond: fc.boolean() }),
    bind({ state, height }, { die, beyond }) {
      const caller = pick(prosumersOf(state), die);
      const expiresAt = beyond ? MAX + 1n : BigInt(height - 1);
      return caller && [grantTo(caller, cast.stranger, height, { expiresAt })];
    },
  }),
  move({
    name: 'delegateTrading: anything',
    expects: 'anything',
    dice: fc.record({
      caller: someone,
      operator: someone,
      spendLimit: edge,
      energyLimit: edge,
      maxBuyPrice: edge,
      minSellPrice: edge,
      expiresAt: edge,
    }),
    bind: (_, { caller, ...grant }) => [{ caller, call: { kind: 'delegateTrading', ...grant } }],
  }),
];
