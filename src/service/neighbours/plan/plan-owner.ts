import type { GridCall } from '../../../contract/index.ts';
import { tariffAt } from '../model/tariff.ts';
import type { World } from '../model/world.ts';
import type { MarketGlance } from './market-glance.ts';
import { PRICE_EVERY } from './rules.ts';

/** The owner of the contract lets the energy price follow the tariff. */
export function planOwner(world: World, { energyPrice }: MarketGlance, slot: number): readonly GridCall[] {
  if (slot % PRICE_EVERY !== 0) return [];
  const wanted = tariffAt(world, slot);
  return wanted === energyPrice ? [] : [{ kind: 'setEnergyPrice', price: BigInt(wanted) }];
}
