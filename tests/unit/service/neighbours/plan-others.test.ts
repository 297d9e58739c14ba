import { describe, expect, it } from 'vitest';
import { price } from '../../../../src/core/index.ts';
import { netEnergy } from '../../../../src/service/neighbours/model/energy.ts';
import { NEEDY_HOME, SURPLUS_HOME } from '../../../../src/service/neighbours/model/home.ts';
import { tariffAt } from '../../../../src/service/neighbours/model/tariff.ts';
import { planMeter } from '../../../../src/service/neighbours/plan/plan-meter.ts';
import { planOwner } from '../../../../src/service/neighbours/plan/plan-owner.ts';
import { holdings, SLOT, view, world } from './scene.ts';

describe("the meter of one of the bot's clients", () => {
  const meter = { world, meteredUntil: SLOT - 1 };

  it('behavior: of the one with surplus it adds what the slot brought', () => {
    const net = netEnergy(world, SURPLUS_HOME, SLOT - 1, SLOT);
    expect(planMeter({ ...meter, holdings: holdings() }, SURPLUS_HOME, SLOT)).toEqual([
      { kind: 'addEnergy', amount: BigInt(net) },
    ]);
  });

  it.each([
    { energy: 5_000, consumed: -netEnergy(world, NEEDY_HOME, SLOT - 1, SLOT) },
    { energy: 3, consumed: 3 },
  ])('behavior: of the one in need it consumes what it needs out of $energy Wh', ({ energy, consumed }) => {
    expect(planMeter({ ...meter, holdings: holdings({ energy }) }, NEEDY_HOME, SLOT)).toEqual([
      { kind: 'consumeEnergy', amount: BigInt(consumed) },
    ]);
  });

  it('behavior: nothing for an empty account, a full battery, or before registration', () => {
    expect(planMeter({ ...meter, holdings: holdings() }, NEEDY_HOME, SLOT)).toEqual([]);
    expect(planMeter({ ...meter, holdings: holdings({ energy: 20_000 }) }, SURPLUS_HOME, SLOT)).toEqual([]);
    expect(planMeter({ ...meter, holdings: null }, SURPLUS_HOME, SLOT)).toEqual([]);
  });
});

describe("the contract's owner", () => {
  const { market } = view();

  it('behavior: sets the energy price to the tariff every third slot', () => {
    const wanted = tariffAt(world, SLOT);
    expect(planOwner(world, { ...market, energyPrice: price(wanted + 1) }, SLOT)).toEqual([
      { kind: 'setEnergyPrice', price: BigInt(wanted) },
    ]);
    expect(planOwner(world, { ...market, energyPrice: price(1) }, SLOT + 1)).toEqual([]);
  });

  it('behavior: does nothing where it is the tariff already', () => {
    expect(planOwner(world, { ...market, energyPrice: tariffAt(world, SLOT) }, SLOT)).toEqual([]);
  });
});
