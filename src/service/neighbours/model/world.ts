/** What the whole synthetic neighbourhood is made from: equal worlds are equal to the watt-hour. */
export interface World {
  /** A 32-bit integer. */
  readonly seed: number;
  /** How many blocks make a day; a slot is one of them. */
  readonly slotsPerDay: number;
  /** The hour of day at which slot 0 begins. */
  readonly startHour: number;
}

export const DEFAULT_WORLD: World = { seed: 7, slotsPerDay: 60, startHour: 9 };

export const hoursPerSlot = ({ slotsPerDay }: World): number => 24 / slotsPerDay;

/** Hours from midnight of day 0 to the middle of the slot. */
const hoursAt = (world: World, slot: number): number => world.startHour + (slot + 0.5) * hoursPerSlot(world);

/** The time of day at the middle of the slot, in [0, 24). */
export const hourOf = (world: World, slot: number): number => hoursAt(world, slot) % 24;

export const dayOf = (world: World, slot: number): number => Math.floor(hoursAt(world, slot) / 24);

/** A bell of height 1 around `centre` on the clock: its value at `hour`, `width` hours being one standard deviation. */
export function bump(hour: number, centre: number, width: number): number {
  const apart = Math.abs(hour - centre) % 24;
  const distance = Math.min(apart, 24 - apart) / width;
  return Math.exp((-distance * distance) / 2);
}
