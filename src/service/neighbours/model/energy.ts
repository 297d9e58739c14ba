import { type Wh, wh } from '../../../core/index.ts';
import type { Home, HomeProfile } from './home.ts';
import { noise } from './noise.ts';
import { sunlight } from './weather.ts';
import { bump, hourOf, hoursPerSlot, type World } from './world.ts';

export interface SlotEnergy {
  readonly produced: Wh;
  readonly consumed: Wh;
}

export type Household = HomeProfile & Pick<Home, 'index'>;

const LOAD = 301;

/** Consumption at an hour as a multiple of the day's mean: a base, a morning and a higher evening. Its own mean is 1.01. */
const loadShape = (hour: number): number => 0.55 + 0.7 * bump(hour, 7.5, 1.5) + 1.35 * bump(hour, 19.5, 2.5);

/** What a household produces and consumes in a slot, each rounded to the nearest Wh. */
export function energyOf(world: World, home: Household, slot: number): SlotEnergy {
  const hours = hoursPerSlot(world);
  const produced = (home.pvWatts * sunlight(world, slot, home.facing) + home.cellWatts) * hours;
  const mood = 0.7 + 0.6 * noise(world.seed, LOAD, home.index, slot);
  const consumed = (home.dailyLoad / 24) * loadShape((hourOf(world, slot) - home.rhythm + 24) % 24) * mood * hours;
  return { produced: wh(Math.round(produced)), consumed: wh(Math.round(consumed)) };
}

/** Production less consumption over the slots after `from` up to and including `to`. */
export function netEnergy(world: World, home: Household, from: number, to: number): Wh {
  let net = 0;
  for (let slot = from + 1; slot <= to; slot += 1) {
    const { produced, consumed } = energyOf(world, home, slot);
    net += produced - consumed;
  }
  return wh(net);
}

/** What the household will lack in the `slots` slots after `slot` where it consumes more than it produces. */
export function shortfall(world: World, home: Household, slot: number, slots: number): Wh {
  let lacking = 0;
  for (let ahead = slot + 1; ahead <= slot + slots; ahead += 1) {
    const { produced, consumed } = energyOf(world, home, ahead);
    lacking += Math.max(0, consumed - produced);
  }
  return wh(lacking);
}
