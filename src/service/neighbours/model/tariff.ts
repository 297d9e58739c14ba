import { type Price, price } from '../../../core/index.ts';
import { smoothNoise } from './noise.ts';
import { bump, hourOf, hoursPerSlot, type World } from './world.ts';

const WANDER = 401;
/** The middle of the tariff, in µSTX per Wh. */
const MIDDLE = 100;

/**
 * The owner's energy price: dear in the morning and more so in the evening, cheap at noon and at night, and wandering
 * by some µSTX. Rounded to the nearest µSTX per Wh.
 */
export function tariffAt(world: World, slot: number): Price {
  const hour = hourOf(world, slot);
  const ofDay = 7 * bump(hour, 8, 1.5) + 16 * bump(hour, 19, 2.5) - 8 * bump(hour, 13, 2.5) - 6 * bump(hour, 2.5, 2.5);
  const wander = 8 * (smoothNoise(world.seed, (slot * hoursPerSlot(world)) / 3, WANDER) - 0.5);
  return price(Math.round(MIDDLE + ofDay + wander));
}
