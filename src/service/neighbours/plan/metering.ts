import type { GridCall } from '../../../contract/index.ts';
import { clamp, type Wh, wh } from '../../../core/index.ts';
import { type Household, netEnergy } from '../model/energy.ts';
import type { World } from '../model/world.ts';
import type { Holdings } from './home-view.ts';
import { MOST_METERED_SLOTS } from './rules.ts';

export interface Metering {
  readonly world: World;
  readonly holdings: Holdings;
  /** The last slot whose energy is accounted for. */
  readonly meteredUntil: number;
}

export interface Metered {
  readonly calls: readonly GridCall[];
  /** The account's energy once they are confirmed. */
  readonly energy: Wh;
}

/**
 * Accounts for a household's net energy since the last time. What the battery has no room for goes to the grid, what the
 * account lacks comes from there; neither is recorded.
 */
export function accountFor({ world, holdings, meteredUntil }: Metering, household: Household, slot: number): Metered {
  const { energy, escrowed } = holdings;
  const net = netEnergy(world, household, Math.max(meteredUntil, slot - MOST_METERED_SLOTS), slot);
  const change = clamp(net, -Math.max(0, energy), Math.max(0, household.battery - energy - escrowed));
  if (change === 0) return { calls: [], energy };
  const kind = change > 0 ? 'addEnergy' : 'consumeEnergy';
  return { calls: [{ kind, amount: BigInt(Math.abs(change)) }], energy: wh(energy + change) };
}
