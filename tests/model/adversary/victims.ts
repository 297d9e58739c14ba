import fc from 'fast-check';
import type { DelegationRecord } from '../../../src/contract/index.ts';
import type { Principal } from '../../../src/core/index.ts';
import { delegationOf, type MarketState } from '../../../src/market/index.ts';
import { cast } from '../cast.ts';
import { type Act, type Move, move, type Scene } from '../move.ts';
import { pick } from '../moves/draw.ts';
import { fundsOf } from '../moves/offers.ts';

/** The prosumers who delegate to the gang's operators; one of them has little STX of its own. */
const [rich, , poor] = cast.prosumers;
export const victims: readonly Principal[] = [rich, poor];

interface Held {
  readonly prosumer: Principal;
  readonly operator: Principal;
  readonly grant: DelegationRecord;
}

/** Every grant that a victim has given and not taken back, the expired ones too. */
export function grantsOf(state: MarketState): Held[] {
  return victims.flatMap((prosumer) =>
    cast.operators.flatMap((operator) => {
      const grant = delegationOf(state, prosumer, operator);
      return grant === undefined ? [] : [{ prosumer, operator, grant }];
    }),
  );
}

/** As much as the limit leaves, a part of it, or a little too much. */
export const portion = fc.record({ parts: fc.constantFrom(1n, 1n, 2n, 5n), more: fc.constantFrom(0n, 0n, 0n, 1n) });
export const share = (whole: bigint, { parts, more }: { parts: bigint; more: bigint }): bigint => whole / parts + more;

const limits = fc.record({
  spendLimit: fc.bigInt(0n, 20_000n),
  energyLimit: fc.bigInt(0n, 400n),
  maxBuyPrice: fc.bigInt(0n, 250n),
  minSellPrice: fc.bigInt(0n, 150n),
  blocks: fc.nat(150),
});

/** What the victims do of their own will meanwhile. */
export const lives: readonly Move[] = [
  move({
    name: 'a victim grants',
    expects: 'anything',
    weight: 4,
    dice: fc.record({ who: fc.nat(1), to: fc.nat(1), limits }),
    bind({ height }, { who, to, limits: { blocks, ...terms } }) {
      const caller = victims[who] as Principal;
      const operator = cast.operators[to] as Principal;
      const expiresAt = BigInt(height + blocks);
      return [{ caller, call: { kind: 'delegateTrading', operator, ...terms, expiresAt } }];
    },
  }),
  move({
    name: 'a victim revokes',
    expects: 'anything',
    dice: fc.nat(),
    bind({ state }, die) {
      const held = pick(grantsOf(state), die);
      return held && [{ caller: held.prosumer, call: { kind: 'revokeDelegation', operator: held.operator } }];
    },
  }),
  move({
    name: 'a victim produces',
    expects: 'anything',
    dice: fc.record({ who: fc.nat(1), amount: fc.bigInt(1n, 500n) }),
    bind({ state }, { who, amount }) {
      const caller = victims[who] as Principal;
      if (!state.metersRequired) return [{ caller, call: { kind: 'addEnergy', amount } }];
      return [reading(state, caller, amount, 0n)];
    },
  }),
  move({
    name: 'a victim deposits',
    expects: 'anything',
    dice: fc.record({ who: fc.nat(1), amount: fc.bigInt(1n, 10_000n) }),
    bind: ({ balanceOf }, { who, amount }) => {
      const caller = victims[who] as Principal;
      return balanceOf(caller) < amount ? null : [{ caller, call: { kind: 'addFunds', amount } }];
    },
  }),
  move({
    name: 'a victim withdraws',
    expects: 'anything',
    dice: fc.record({ who: fc.nat(1), portion }),
    bind({ state }, { who, portion }) {
      const caller = victims[who] as Principal;
      return [{ caller, call: { kind: 'withdrawFunds', amount: share(BigInt(fundsOf(state, caller)), portion) } }];
    },
  }),
  move({
    name: 'a victim lists itself',
    expects: 'anything',
    dice: fc.record({ who: fc.nat(1), amount: fc.bigInt(1n, 100n), price: fc.bigInt(1n, 200n) }),
    bind: (_, { who, ...offer }) => [{ caller: victims[who] as Principal, call: { kind: 'tradeEnergy', ...offer } }],
  }),
];

/** What a meter reads next of a prosumer. */
function reading(state: MarketState, prosumer: Principal, produced: bigint, consumed: bigint): Act {
  const readingId = BigInt((state.prosumers.get(prosumer)?.lastReading ?? 0) + 1);
  return { caller: cast.meter, call: { kind: 'recordReading', prosumer, readingId, produced, consumed } };
}

/** Registers victims and accomplice with energy and funds; where energy is attested, by a meter that is required. */
export function opening(scene: Scene, attested: boolean): readonly Act[] {
  const { state } = scene;
  return [
    ...cast.prosumers.flatMap((caller): readonly Act[] => [
      { caller, call: { kind: 'registerProsumer' } },
      ...(attested
        ? [{ caller: cast.owner, call: { kind: 'assignMeter', prosumer: caller, meter: cast.meter } } as const]
        : []),
      attested ? reading(state, caller, 2_000n, 0n) : { caller, call: { kind: 'addEnergy', amount: 2_000n } },
      ...(caller === cast.poor ? [] : [{ caller, call: { kind: 'addFunds', amount: 30_000n } } as const]),
    ]),
    ...(attested ? [{ caller: cast.owner, call: { kind: 'requireMeters', required: true } } as const] : []),
  ];
}
