import { noise, smoothNoise } from './noise.ts';
import { dayOf, hourOf, hoursPerSlot, type World } from './world.ts';

const SUNRISE = 5.5;
const SUNSET = 20.5;
const CLOUDS_OF_DAY = 101;
const CLOUDS_OF_HOUR = 102;

/** A clear summer sky over a roof, in [0, 1]: the share of the peak power at `hour`. */
function clearSky(hour: number): number {
  if (hour <= SUNRISE || hour >= SUNSET) return 0;
  return Math.sin((Math.PI * (hour - SUNRISE)) / (SUNSET - SUNRISE)) ** 1.3;
}

/** What the clouds let through, in (0, 1]: a grey or a bright day, with clouds drifting by. The same for all homes. */
function clouds(world: World, slot: number): number {
  const day = 0.55 + 0.45 * noise(world.seed, CLOUDS_OF_DAY, dayOf(world, slot));
  const passing = smoothNoise(world.seed, (slot * hoursPerSlot(world)) / 2, CLOUDS_OF_HOUR);
  return day * (1 - 0.35 * passing);
}

/**
 * The share of its peak power that a roof yields in the slot, in [0, 1].
 *
 * @param facing hours by which its best time is later than noon: negative looks east, positive west.
 */
export const sunlight = (world: World, slot: number, facing: number): number =>
  clearSky(hourOf(world, slot) - facing) * clouds(world, slot);
