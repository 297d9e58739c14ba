import fc from 'fast-check';
import type { GridErrorName } from '../../../src/contract/index.ts';
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

/** What an account has before its meter reads. */
interface Account {
  readonly energy: bigint;
  readonly escrowed: bigint;
  /** The id of its last reading. */
  readonly last: bigint;
}

interface Reading {
  readonly readingId: bigint;
  readonly produced: bigint;
  readonly consumed: bigint;
}

interface ReadingMove<Dice> {
  readonly name: string;
  readonly expects: 'ok' | GridErrorName;
  readonly weight?: number;
  readonly dice?: fc.Arbitrary<Dice>;
  /** The readings by the account's own meter; null where there are none to make the move with. */
  readonly readings: (account: Account, dice: Dice) => readonly Reading[] | null;
}

/** A move of readings that a prosumer's own meter makes, one after the other. */
function readingMove<Dice = null>({ name, expects, weight, dice, readings }: ReadingMove<Dice>): Move {
  return move({
    name: `recordReading: ${name}`,
    expects,
    ...(weight === undefined ? {} : { weight }),
    dice: fc.record({ die: fc.nat(), own: dice ?? (fc.constant(null) as fc.Arbitrary<Dice>) }),
    bind({ state }, { die, own }) {
      const found = metered(state, die);
      if (found === null) return null;
      const { acts, prosumer, meter } = found;
      const { energy = 0, escrowed = 0, lastReading = 0 } = state.prosumers.get(prosumer) ?? {};
      const account = { energy: BigInt(energy), escrowed: BigInt(escrowed), last: BigInt(lastReading) };
      const made = readings(account, own);
      if (made === null) return null;
      const calls = made.map((one) => ({ kind: 'recordReading', prosumer, ...one }) as const);
      return [...acts, ...calls.map((call) => ({ caller: meter, call }))];
    },
  });
}

/** Readings of these amounts with the next ids; null where the ids have run out. */
function next({ last }: Account, ...amounts: readonly Omit<Reading, 'readingId'>[]): readonly Reading[] | null {
  if (last + BigInt(amounts.length) > MAX) return null;
  return amounts.map((one, index) => ({ readingId: last + BigInt(index + 1), ...one }));
}

const beyond = fc.constantFrom(MAX + 1n, 2n ** 128n - 1n);

/** `record-reading`: a meter tells what was produced and consumed. */
export const recordReadingMoves: readonly Move[] = [
  readingMove({
    name: 'ok',
    expects: 'ok',
    weight: 2,
    dice: fc.record({ step: fc.bigInt(1n, 9n), produced: amount, consumed: amount }),
    readings({ energy, escrowed, last }, { step, produced, consumed }) {
      if (energy + escrowed > MAX - 300n || energy < 300n - MAX || last + step > MAX) return null;
      return [{ readingId: last + step, produced, consumed }];
    },
  }),
  readingMove({
    name: 'ok below zero',
    expects: 'ok',
    readings: (account) =>
      account.energy < 0n || account.energy >= MAX
        ? null
        : next(account, { produced: 0n, consumed: account.energy + 1n }),
  }),
  readingMove({
    name: 'ok with the largest amounts',
    expects: 'ok',
    readings: (account) => next(account, { produced: MAX, consumed: MAX }),
  }),
  readingMove({
    name: 'ok with the last id that there is',
    expects: 'ok',
    readings: ({ last }) => (last === MAX ? null : [{ readingId: MAX, produced: 0n, consumed: 0n }]),
  }),
  readingMove({
    name: 'ok to the cap with offers open, and back',
    expects: 'ok',
    readings(account) {
      const step = MAX - account.energy - account.escrowed;
      if (account.escrowed === 0n || step <= 0n || step > MAX) return null;
      return next(account, { produced: step, consumed: 0n }, { produced: 0n, consumed: step });
    },
  }),
  readingMove({
    name: 'ok to the bottom, and back',
    expects: 'ok',
    readings: (account) =>
      account.energy < 0n
        ? null
        : next(
            account,
            { produced: 0n, consumed: account.energy },
            { produced: 0n, consumed: MAX },
            { produced: MAX, consumed: 0n },
          ),
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
  readingMove({
    name: 'invalidAmount for an id that was there',
    expects: 'invalidAmount',
    readings: ({ last }) => [{ readingId: last, produced: 0n, consumed: 0n }],
  }),
  readingMove({
    name: 'invalidAmount beyond the last id',
    expects: 'invalidAmount',
    dice: beyond,
    readings: (_, readingId) => [{ readingId, produced: 0n, consumed: 0n }],
  }),
  readingMove({
    name: 'invalidAmount produced beyond MAX',
    expects: 'invalidAmount',
    dice: beyond,
    readings: (account, produced) => next(account, { produced, consumed: 0n }),
  }),
  readingMove({
    name: 'invalidAmount consumed beyond MAX',
    expects: 'invalidAmount',
    dice: beyond,
    // Nearly as much produced: no balance is in the way.
    readings: (account, consumed) => next(account, { produced: MAX, consumed }),
  }),
  readingMove({
    name: 'balanceCap',
    expects: 'balanceCap',
    dice: fc.boolean(),
    readings(account, up) {
      const produced = up ? MAX - account.energy - account.escrowed + 1n : 0n;
      const consumed = up ? 0n : MAX + account.energy + 1n;
      return produced > MAX || consumed > MAX ? null : next(account, { produced, consumed });
    },
  }),
  readingMove({
    name: 'balanceCap by what offers hold',
    expects: 'balanceCap',
    readings(account) {
      const produced = MAX - account.energy;
      return account.escrowed === 0n || produced > MAX ? null : next(account, { produced, consumed: 0n });
    },
  }),
  move({
    name: 'recordReading: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, prosumer: someone, readingId: edge, produced: edge, consumed: edge }),
    bind: (_, { caller, ...reading }) => [{ caller, call: { kind: 'recordReading', ...reading } }],
  }),
];
