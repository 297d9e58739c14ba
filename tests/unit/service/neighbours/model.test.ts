import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { energyOf, netEnergy, shortfall } from '../../../../src/service/neighbours/model/energy.ts';
import { createHomes, NEEDY_HOME, SURPLUS_HOME } from '../../../../src/service/neighbours/model/home.ts';
import { tariffAt } from '../../../../src/service/neighbours/model/tariff.ts';
import { hourOf, type World } from '../../../../src/service/neighbours/model/world.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';

const world: World = { seed: 1, slotsPerDay: 60, startHour: 9 };
const homes = createHomes(world, 12);
const day = Array.from({ length: world.slotsPerDay }, (_, slot) => slot);

describe('energy of a home', () => {
  // Home 1 has a roof, home 7 a fuel cell, home 11 neither.
  it.each([
    { slot: 0, produced: [640, 300, 0], consumed: [156, 158, 355] },
    { slot: 10, produced: [1146, 300, 0], consumed: [127, 137, 146] },
    { slot: 25, produced: [107, 300, 0], consumed: [270, 410, 763] },
    { slot: 40, produced: [0, 300, 0], consumed: [104, 83, 262] },
    { slot: 70, produced: [1356, 300, 0], consumed: [109, 93, 192] },
  ])('behavior: in slot $slot of world 1 it is what seed and home say', ({ slot, produced, consumed }) => {
    const energies = [1, 7, 11].map((index) => energyOf(world, homes[index]!, slot));
    expect(energies.map((energy) => energy.produced)).toEqual(produced);
    expect(energies.map((energy) => energy.consumed)).toEqual(consumed);
  });

  it('behavior: another seed is another neighbourhood under another sky', () => {
    const other = { ...world, seed: 2 };
    expect(createHomes(other, 12)).not.toEqual(homes);
    expect(day.map((slot) => energyOf(other, SURPLUS_HOME, slot))).not.toEqual(
      day.map((slot) => energyOf(world, SURPLUS_HOME, slot)),
    );
  });

  it('behavior: every dozen has seven roofs, two fuel cells and four homes that only consume', () => {
    const dozen = createHomes({ ...world, seed: 99 }, 24).slice(12);
    expect(dozen.filter(({ pvWatts }) => pvWatts > 0)).toHaveLength(7);
    expect(dozen.filter(({ cellWatts }) => cellWatts > 0)).toHaveLength(2);
    expect(dozen.filter(({ pvWatts, cellWatts }) => pvWatts + cellWatts === 0)).toHaveLength(4);
  });

  it('behavior: the client with surplus has one over the day and at night, the client in need never has', () => {
    const nights = day.filter((slot) => hourOf(world, slot) < 5);
    expect(netEnergy(world, SURPLUS_HOME, 0, world.slotsPerDay)).toBeGreaterThan(20_000);
    for (const slot of nights) expect(netEnergy(world, SURPLUS_HOME, slot - 1, slot)).toBeGreaterThan(0);
    for (const slot of day) expect(energyOf(world, NEEDY_HOME, slot)).toMatchObject({ produced: 0 });
    expect(shortfall(world, NEEDY_HOME, 0, world.slotsPerDay)).toBe(
      -netEnergy(world, NEEDY_HOME, 0, world.slotsPerDay),
    );
  });

  it(
    'property: whole watt-hours, bounded by what the home is made of, and the same again when asked again',
    () => {
      fc.assert(
        fc.property(
          fc.record({
            seed: fc.integer(),
            slotsPerDay: fc.integer({ min: 4, max: 1440 }),
            startHour: fc.integer({ min: 0, max: 23 }),
          }),
          fc.integer({ min: 0, max: 11 }),
          fc.integer({ min: 0, max: 10_000_000 }),
          (anyWorld, index, slot) => {
            const home = createHomes(anyWorld, 12)[index]!;
            const { produced, consumed } = energyOf(anyWorld, home, slot);
            const hours = 24 / anyWorld.slotsPerDay;
            expect(Number.isInteger(produced) && Number.isInteger(consumed)).toBe(true);
            expect(produced).toBeGreaterThanOrEqual(0);
            expect(produced).toBeLessThanOrEqual(Math.ceil((home.pvWatts + home.cellWatts) * hours));
            expect(consumed).toBeGreaterThanOrEqual(0);
            expect(consumed).toBeLessThanOrEqual(Math.ceil((home.dailyLoad / 24) * 3 * hours));
            expect(energyOf(anyWorld, home, slot)).toEqual({ produced, consumed });
          },
        ),
        fuzzParameters('energy of a home', { runs: 200 }),
      );
    },
    FUZZ_TIMEOUT,
  );
});

describe('tariff', () => {
  it('behavior: dear in the evening, cheap at noon and at night', () => {
    const mean = (from: number, to: number): number => {
      const prices = day.filter((slot) => hourOf(world, slot) >= from && hourOf(world, slot) < to);
      return prices.reduce((sum, slot) => sum + tariffAt(world, slot), 0) / prices.length;
    };
    expect(mean(18, 21)).toBeGreaterThan(mean(12, 15) + 10);
    expect(mean(18, 21)).toBeGreaterThan(mean(1, 4) + 10);
  });

  it('behavior: it moves over the day, smoothly and around 100 µSTX per Wh', () => {
    const prices = Array.from({ length: 600 }, (_, slot) => tariffAt(world, slot));
    expect(new Set(prices).size).toBeGreaterThan(15);
    expect(Math.min(...prices)).toBeGreaterThanOrEqual(85);
    expect(Math.max(...prices)).toBeLessThanOrEqual(125);
    for (const [slot, price] of prices.entries()) {
      expect(Math.abs(price - (prices[slot - 1] ?? price))).toBeLessThanOrEqual(5);
    }
  });
});
