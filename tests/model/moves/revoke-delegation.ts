import fc from 'fast-check';
import { delegationOf } from '../../../src/market/index.ts';
import { cast } from '../cast.ts';
import { type Move, move } from '../move.ts';
import { pick, prosumersOf, someone, stranger } from './draw.ts';
import { grantTo } from './offers.ts';

/** `revoke-delegation`: a prosumer ends what an operator may do. */
export const revokeDelegationMoves: readonly Move[] = [
  move({
    name: 'revokeDelegation: ok',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const pairs = cast.everyone.flatMap((prosumer) =>
        cast.everyone.flatMap((operator) =>
          delegationOf(state, prosumer, operator) === undefined ? [] : [{ prosumer, operator }],
        ),
      );
      const pair = pick(pairs, die);
      return pair && [{ caller: pair.prosumer, call: { kind: 'revokeDelegation', operator: pair.operator } }];
    },
  }),
  move({
    name: 'revokeDelegation: ok after its last height',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state, height }, die) {
      const caller = pick(prosumersOf(state), die);
      return (
        caller && [
          grantTo(caller, cast.stranger, height, { expiresAt: BigInt(height) }),
          { wait: 2 },
          { caller, call: { kind: 'revokeDelegation', operator: cast.stranger } },
        ]
      );
    },
  }),
  move({
    name: 'revokeDelegation: notFound',
    expects: 'notFound',
    dice: someone,
    bind: (_, operator) => [{ caller: stranger, call: { kind: 'revokeDelegation', operator } }],
  }),
  move({
    name: 'revokeDelegation: unauthorized',
    expects: 'unauthorized',
    dice: fc.record({ die: fc.nat(), operator: someone }),
    bind({ state }, { die, operator }) {
      const caller = pick(
        prosumersOf(state).filter((account) => delegationOf(state, account, operator) === undefined),
        die,
      );
      return caller && [{ caller, call: { kind: 'revokeDelegation', operator } }];
    },
  }),
];
