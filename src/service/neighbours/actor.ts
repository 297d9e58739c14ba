import type { GridCall } from '../../contract/index.ts';
import { type Principal, seededRandom } from '../../core/index.ts';
import type { MarketState } from '../../market/index.ts';
import type { Lane } from './lane.ts';
import type { Household } from './model/energy.ts';
import type { Home } from './model/home.ts';
import { hash } from './model/noise.ts';
import type { World } from './model/world.ts';
import type { Holdings } from './plan/home-view.ts';
import type { MarketGlance } from './plan/market-glance.ts';
import { isMeterDue, planHome } from './plan/plan-home.ts';
import { planMeter } from './plan/plan-meter.ts';
import { planOwner } from './plan/plan-owner.ts';
import { METER_EVERY } from './plan/rules.ts';

/** What everyone in the neighbourhood sees in a slot. */
export interface Scene {
  readonly world: World;
  readonly market: MarketGlance;
  readonly state: MarketState;
  readonly slot: number;
}

/** Someone who signs: a lane, and what it does in a slot. */
export interface Actor {
  readonly lane: Lane;
  act(scene: Scene): readonly GridCall[];
}

const CHOICES = 501;

const holdingsOf = (state: MarketState, address: Principal): Holdings | null => state.prosumers.get(address) ?? null;

/** A home that reports its own energy, buys and sells. */
export function homeActor(lane: Lane, home: Home): Actor {
  const { address } = lane;
  let meteredUntil: number | null = null;
  return {
    lane,
    act({ world, market, state, slot }) {
      // Homes begin at different slots, so that not all of them come in the same one.
      meteredUntil ??= slot - 1 - (home.index % METER_EVERY);
      const view = { world, market, address, holdings: holdingsOf(state, address), stx: lane.stx(), meteredUntil };
      const calls = planHome(view, home, slot, seededRandom(hash(world.seed, CHOICES, home.index, slot)));
      if (isMeterDue(view, slot)) meteredUntil = slot;
      return calls;
    },
  };
}

/** The meter of a prosumer that trades through the bot. */
export function meterActor(lane: Lane, household: Household): Actor {
  let meteredUntil: number | null = null;
  return {
    lane,
    act({ world, state, slot }) {
      const holdings = holdingsOf(state, lane.address);
      const calls = planMeter({ world, holdings, meteredUntil: meteredUntil ?? slot - 1 }, household, slot);
      meteredUntil = slot;
      return calls;
    },
  };
}

/** The contract's owner, who moves the energy price. */
export function ownerActor(lane: Lane): Actor {
  return { lane, act: ({ world, market, slot }) => planOwner(world, market, slot) };
}
