import type { GridCall } from '../../src/contract/index.ts';
import { type Height, height, microStx, type Principal, seededRandom, type TradeId } from '../../src/core/index.ts';
import type { Household } from '../../src/service/neighbours/model/energy.ts';
import { createHomes, NEEDY_HOME, SURPLUS_HOME } from '../../src/service/neighbours/model/home.ts';
import { hash } from '../../src/service/neighbours/model/noise.ts';
import { DEFAULT_WORLD } from '../../src/service/neighbours/model/world.ts';
import type { MarketGlance } from '../../src/service/neighbours/plan/market-glance.ts';
import { isMeterDue, planHome } from '../../src/service/neighbours/plan/plan-home.ts';
import { planMeter } from '../../src/service/neighbours/plan/plan-meter.ts';
import { planOwner } from '../../src/service/neighbours/plan/plan-owner.ts';
import { METER_EVERY } from '../../src/service/neighbours/plan/rules.ts';
import { type ModelMarket, owner } from './model-market.ts';

export interface PlayedCast {
  readonly homes: readonly Principal[];
  readonly surplus: Principal;
  readonly need: Principal;
}

interface Player {
  readonly address: Principal;
  plan(glance: MarketGlance, slot: number): readonly GridCall[];
}

/** The demo's neighbourhood on a model market: what everyone planned a block ago executes, in a random order. */
export function playNeighbourhood(market: ModelMarket, { homes, surplus, need }: PlayedCast, seed: number) {
  const world = { ...DEFAULT_WORLD, seed };
  const random = seededRandom(hash(seed, 1));
  const seen = new Map<TradeId, Height>();
  const holdingsOf = (address: Principal) => market.state.prosumers.get(address) ?? null;

  const meterOf = (address: Principal, household: Household): Player => ({
    address,
    plan: (_, slot) => planMeter({ world, holdings: holdingsOf(address), meteredUntil: slot - 1 }, household, slot),
  });
  const players: readonly Player[] = [
    { address: owner, plan: (glance, slot) => planOwner(world, glance, slot) },
    meterOf(surplus, SURPLUS_HOME),
    meterOf(need, NEEDY_HOME),
    ...createHomes(world, homes.length).map((home): Player => {
      const address = homes[home.index] as Principal;
      let meteredUntil: number | null = null;
      return {
        address,
        plan(glance, slot) {
          meteredUntil ??= slot - 1 - (home.index % METER_EVERY);
          const holdings = holdingsOf(address);
          const view = { world, market: glance, address, holdings, stx: microStx(1_000_000_000), meteredUntil };
          const calls = planHome(view, home, slot, seededRandom(hash(world.seed, 501, home.index, slot)));
          if (isMeterDue(view, slot)) meteredUntil = slot;
          return calls;
        },
      };
    }),
  ];

  let planned: readonly { readonly address: Principal; readonly calls: readonly GridCall[] }[] = [];
  return {
    /** Executes in block `at` what was planned, and plans for the next. */
    act(at: number): void {
      for (const { address, calls } of random.shuffled(planned)) {
        for (const call of calls) {
          if (market.ask(address, call, { height: at }).ok) market.act(address, call, { height: at });
        }
      }
      const offers = market.state.openOffers.map((offer) => {
        const seenAt = seen.get(offer.id) ?? height(at);
        seen.set(offer.id, seenAt);
        return { ...offer, seenAt };
      });
      const glance: MarketGlance = { height: height(at), energyPrice: market.state.energyPrice, offers };
      planned = players.map((player) => ({ address: player.address, calls: player.plan(glance, at) }));
    },
  };
}
