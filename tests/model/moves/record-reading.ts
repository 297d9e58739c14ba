import fc from 'fast-check';
import type { Principal } from '../../../src/core/index.ts';
import type { MarketState } from '../../../src/market/index.ts';
import { cast } from '../cast.ts';
import { type Act, type Move, move } from '../move.ts';
import { amount, edge, MAX, pick, prosumersOf, someone, stranger } from './draw.ts';

/** A prosumer, the meter that it has or is given now, and the acts that give it. */
function metered(state: MarketState, die: number): { acts: Act[]; prosumer: Principal; meter: Principal } | null {
  const prosumer = pick(prosumersOf(state), die);
  if (prosumer === null) return null;
  const meter = state.prosumers.get(prosumer)?.meter ?? null;
  if (meter !== null) return { acts: [], prosumer, meter };
  const call = { kind: 'assignMeter', prosumer, meter: cast.meter } as const;
  return { acts: [{ caller: cast.owner, call }], prosumer, meter: cast.meter };
}

const lastReading = (state: MarketState, prosumer: Principal): bigint =>
  BigInt(state.prosumers.get(prosumer)?.lastReading ?? 0);

/** `record-reading`: a meter tells what was produced and consumed. */
export const recordReadingMoves: readonly Move[] = [
  move({
    name: 'recordReading: ok',
    expects: 'ok',
    weight: 2,
    dice: fc.record({ die: fc.nat(), step: fc.bigInt(1n, 9n), produced: amount, consumed: amount }),
    bind({ state }, { die, step, produced, consumed }) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const account = state.prosumers.get(prosumer);
      const energy = Number(account?.energy) + Number(account?.escrowed);
      if (energy > Number(MAX) - 300 || Number(account?.energy) < 300 - Number(MAX)) return null;
      const readingId = lastReading(state, prosumer) + step;
      if (readingId > MAX) return null;
      return [...acts, { caller: meter, call: { kind: 'recordReading', prosumer, readingId, produced, consumed } }];
    },
  }),
  move({
    name: 'recordReading: ok below zero',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const energy = BigInt(state.prosumers.get(prosumer)?.energy ?? 0);
      const readingId = lastReading(state, prosumer) + 1n;
      if (energy < 0n || energy >= MAX || readingId > MAX) return null;
      const call = { kind: 'recordReading', prosumer, readingId, produced: 0n, consumed: energy + 1n } as const;
      return [...acts, { caller: meter, call }];
    },
  }),
  move({
    name: 'recordReading: notFound',
    expects: 'notFound',
    dice: fc.record({ caller: someone, produced: edge }),
    bind: (_, { caller, produced }) => [
      { caller, call: { kind: 'recordReading', prosumer: stranger, readingId: 1n, produced, consumed: 0n } },
    ],
  }),
  move({
    name: 'recordReading: unauthorized',
    expects: 'unauthorized',
    dice: fc.record({ die: fc.nat(), caller: someone, readingId: edge }),
    bind({ state }, { die, caller, readingId }) {
      const prosumer = pick(prosumersOf(state), die);
      if (prosumer === null || state.prosumers.get(prosumer)?.meter === caller) return null;
      return [{ caller, call: { kind: 'recordReading', prosumer, readingId, produced: 1n, consumed: 1n } }];
    },
  }),
  move({
    name: 'recordReading: unauthorized for a meter that was replaced',
    expects: 'unauthorized',
    dice: fc.nat(),
    bind({ state }, die) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const other = meter === cast.meter ? cast.stranger : cast.meter;
      return [
        ...acts,
        { caller: cast.owner, call: { kind: 'assignMeter', prosumer, meter: other } },
        { caller: meter, call: { kind: 'recordReading', prosumer, readingId: MAX, produced: 1n, consumed: 0n } },
      ];
    },
  }),
  move({
    name: 'recordReading: ok with the largest amounts',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const readingId = lastReading(state, prosumer) + 1n;
      if (readingId > MAX) return null;
      const call = { kind: 'recordReading', prosumer, readingId, produced: MAX, consumed: MAX } as const;
      return [...acts, { caller: meter, call }];
    },
  }),
  move({
    name: 'recordReading: ok with the last id that there is',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const found = metered(state, die);
      if (found === null || lastReading(state, found.prosumer) === MAX) return null;
      const { acts, prosumer, meter } = found;
      const call = { kind: 'recordReading', prosumer, readingId: MAX, produced: 0n, consumed: 0n } as const;
      return [...acts, { caller: meter, call }];
    },
  }),
  ...Object.entries({
    'for an id that was there': (last: bigint, _: bigint) => ({ readingId: last, produced: 0n, consumed: 0n }),
    'beyond the last id': (_: bigint, beyond: bigint) => ({ readingId: beyond, produced: 0n, consumed: 0n }),
    'produced beyond MAX': (last: bigint, beyond: bigint) => ({
      readingId: last + 1n,
      produced: beyond,
      consumed: 0n,
    }),
    // As much produced as consumed: no balance is in the way.
    'consumed beyond MAX': (last: bigint, beyond: bigint) => ({
      readingId: last + 1n,
      produced: MAX,
      consumed: beyond,
    }),
  }).map(([what, reading]) =>
    move({
      name: `recordReading: invalidAmount ${what}`,
      expects: 'invalidAmount',
      dice: fc.record({ die: fc.nat(), beyond: fc.constantFrom(MAX + 1n, 2n ** 128n - 1n) }),
      bind({ state }, { die, beyond }) {
        const found = metered(state, die);
        if (found === null || lastReading(state, found.prosumer) === MAX) return null;
        const { acts, prosumer, meter } = found;
        const call = { kind: 'recordReading', prosumer, ...reading(lastReading(state, prosumer), beyond) } as const;
        return [...acts, { caller: meter, call }];
      },
    }),
  ),
  move({
    name: 'recordReading: balanceCap',
    expects: 'balanceCap',
    dice: fc.record({ die: fc.nat(), up: fc.boolean() }),
    bind({ state }, { die, up }) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const energy = BigInt(state.prosumers.get(prosumer)?.energy ?? 0);
      const held = energy + BigInt(state.prosumers.get(prosumer)?.escrowed ?? 0);
      const produced = up ? MAX - held + 1n : 0n;
      const consumed = up ? 0n : MAX + energy + 1n;
      const readingId = lastReading(state, prosumer) + 1n;
      if (produced > MAX || consumed > MAX || readingId > MAX) return null;
      return [...acts, { caller: meter, call: { kind: 'recordReading', prosumer, readingId, produced, consumed } }];
    },
  }),
  move({
    name: 'recordReading: ok to the cap with offers open, and back',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const { energy = 0, escrowed = 0 } = state.prosumers.get(prosumer) ?? {};
      const step = MAX - BigInt(energy) - BigInt(escrowed);
      const last = lastReading(state, prosumer);
      if (escrowed === 0 || step <= 0n || step > MAX || last + 2n > MAX) return null;
      const readings = [
        { readingId: last + 1n, produced: step, consumed: 0n },
        { readingId: last + 2n, produced: 0n, consumed: step },
      ];
      const calls = readings.map((one) => ({ kind: 'recordReading', prosumer, ...one }) as const);
      return [...acts, ...calls.map((call) => ({ caller: meter, call }))];
    },
  }),
  move({
    name: 'recordReading: balanceCap by what offers hold',
    expects: 'balanceCap',
    dice: fc.nat(),
    bind({ state }, die) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const { energy = 0, escrowed = 0 } = state.prosumers.get(prosumer) ?? {};
      const produced = MAX - BigInt(energy);
      const readingId = lastReading(state, prosumer) + 1n;
      if (escrowed === 0 || produced > MAX || readingId > MAX) return null;
      const call = { kind: 'recordReading', prosumer, readingId, produced, consumed: 0n } as const;
      return [...acts, { caller: meter, call }];
    },
  }),
  move({
    name: 'recordReading: ok to the bottom, and back',
    expects: 'ok',
    dice: fc.nat(),
    bind({ state }, die) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const energy = BigInt(state.prosumers.get(prosumer)?.energy ?? 0);
      const last = lastReading(state, prosumer);
      if (energy < 0n || last + 3n > MAX) return null;
      const readings = [
        { readingId: last + 1n, produced: 0n, consumed: energy },
        { readingId: last + 2n, produced: 0n, consumed: MAX },
        { readingId: last + 3n, produced: MAX, consumed: 0n },
      ];
      const calls = readings.map((one) => ({ kind: 'recordReading', prosumer, ...one }) as const);
      return [...acts, ...calls.map((call) => ({ caller: meter, call }))];
    },
  }),
  move({
    name: 'recordReading: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, prosumer: someone, readingId: edge, produced: edge, consumed: edge }),
    bind: (_, { caller, ...reading }) => [{ caller, call: { kind: 'recordReading', ...reading } }],
  }),
];
