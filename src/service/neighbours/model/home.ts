import { seededRandom } from '../../../core/index.ts';
import { hash } from './noise.ts';
import type { World } from './world.ts';

/** How a home asks: its prices in per cent of the energy price, and for how many slots it waits for a buyer. */
export interface Temperament {
  readonly name: 'eager' | 'fair' | 'patient';
  readonly lowestAsk: number;
  readonly highestAsk: number;
  readonly patience: number;
}

const eager: Temperament = { name: 'eager', lowestAsk: 70, highestAsk: 88, patience: 16 };
const fair: Temperament = { name: 'fair', lowestAsk: 88, highestAsk: 102, patience: 14 };
const patient: Temperament = { name: 'patient', lowestAsk: 103, highestAsk: 120, patience: 20 };

/** What a home is made of. */
export interface HomeProfile {
  /** Peak power of the roof in W; 0 without PV. */
  readonly pvWatts: number;
  /** Hours by which the roof's best time is later than noon. */
  readonly facing: number;
  /** Power of a fuel cell that runs day and night, in W; 0 without one. */
  readonly cellWatts: number;
  /** Mean consumption of a day in Wh; homes that only consume heat and drive with it, too. */
  readonly dailyLoad: number;
  /** Hours by which the household rises and rests later than the mean. */
  readonly rhythm: number;
  /** What its battery holds, in Wh; surplus beyond it goes to the grid, unrecorded. */
  readonly battery: number;
}

/** A simulated home. */
export interface Home extends HomeProfile {
  /** Tells its noise from that of the other homes. */
  readonly index: number;
  readonly temperament: Temperament;
  /** The highest price it pays, in per cent of the energy price; above 100 is what local energy is worth to it. */
  readonly bid: number;
}

type Kind = readonly [roof: boolean, cell: boolean, temperament: Temperament];

/** Who lives in every dozen of homes: seven roofs, two fuel cells, four homes that only consume. */
const DOZEN: readonly Kind[] = [
  [true, false, eager],
  [false, false, fair],
  [true, false, fair],
  [true, true, eager],
  [false, false, patient],
  [true, false, patient],
  [true, false, eager],
  [false, false, eager],
  [false, true, eager],
  [true, false, fair],
  [false, false, fair],
  [true, false, patient],
];

const HOMES = 201;

/** The homes of a world, in an order that its seed shuffles dozen by dozen. */
export function createHomes(world: World, count: number): readonly Home[] {
  const random = seededRandom(hash(world.seed, HOMES));
  const kinds: Kind[] = [];
  while (kinds.length < count) kinds.push(...random.shuffled(DOZEN));
  return kinds.slice(0, count).map(([roof, cell, temperament], index) => ({
    index,
    temperament,
    pvWatts: roof ? random.integer(30, 60) * 100 : 0,
    facing: random.integer(-15, 15) / 10,
    cellWatts: cell ? 750 : 0,
    dailyLoad: (roof || cell ? random.integer(60, 110) : random.integer(160, 260)) * 100,
    rhythm: random.integer(-10, 10) / 10,
    battery: roof || cell ? random.integer(80, 140) * 100 : 9_000,
    bid: random.integer(96, 104),
  }));
}

/** The bot's client with energy to spare: a large roof, and a fuel cell that leaves a surplus at night, too. */
export const SURPLUS_HOME: HomeProfile & Pick<Home, 'index'> = {
  index: 1_001,
  pvWatts: 6_000,
  facing: 0,
  cellWatts: 750,
  dailyLoad: 6_000,
  rhythm: 0,
  battery: 20_000,
};

/** The bot's client that only consumes. */
export const NEEDY_HOME: HomeProfile & Pick<Home, 'index'> = {
  index: 1_002,
  pvWatts: 0,
  facing: 0,
  cellWatts: 0,
  dailyLoad: 14_000,
  rhythm: 0,
  battery: 0,
};
