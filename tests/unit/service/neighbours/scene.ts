import {
  costOf,
  type Height,
  height,
  microStx,
  type Principal,
  price,
  tradeId,
  wh,
} from '../../../../src/core/index.ts';
import type { Home, Temperament } from '../../../../src/service/neighbours/model/home.ts';
import type { World } from '../../../../src/service/neighbours/model/world.ts';
import type { Holdings, HomeView } from '../../../../src/service/neighbours/plan/home-view.ts';
import type { SeenOffer } from '../../../../src/service/neighbours/plan/market-glance.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

export const me = testPrincipal(1);
export const neighbour = testPrincipal(2);
export const world: World = { seed: 1, slotsPerDay: 60, startHour: 9 };
/** Ten in the morning; every home with index 0 looks for offers in it. */
export const SLOT = 600 * 3;

export const temperament: Temperament = { name: 'fair', lowestAsk: 90, highestAsk: 100, patience: 10 };

export const consumer: Home = {
  index: 0,
  temperament,
  bid: 100,
  pvWatts: 0,
  facing: 0,
  cellWatts: 0,
  dailyLoad: 12_000,
  rhythm: 0,
  battery: 6_000,
};

export const producer: Home = { ...consumer, pvWatts: 5_000, dailyLoad: 6_000, battery: 12_000 };

export const holdings = (parts: { energy?: number; escrowed?: number; funds?: number } = {}): Holdings => ({
  energy: wh(parts.energy ?? 0),
  escrowed: wh(parts.escrowed ?? 0),
  funds: microStx(parts.funds ?? 5_000_000),
});

export interface OfferParts {
  readonly id: number;
  readonly seller?: Principal;
  readonly amount?: number;
  readonly price?: number;
  readonly age?: number;
  readonly openUntil?: Height | null;
}

export function offer({ id, seller = neighbour, age = 5, openUntil = null, ...terms }: OfferParts): SeenOffer {
  const amount = wh(terms.amount ?? 500);
  const unitPrice = price(terms.price ?? 90);
  return {
    id: tradeId(id),
    seller,
    amount,
    price: unitPrice,
    cost: costOf(amount, unitPrice),
    openUntil,
    lister: seller,
    seenAt: height(SLOT - age),
  };
}

/** A home in slot SLOT whose energy was accounted for in the slot before, so that its meter is not due. */
export const view = (parts: Partial<HomeView> & { readonly offers?: readonly SeenOffer[] } = {}): HomeView => {
  const { offers = [], ...rest } = parts;
  return {
    world,
    address: me,
    holdings: holdings(),
    stx: microStx(50_000_000),
    meteredUntil: SLOT - 1,
    market: { height: height(SLOT), energyPrice: price(100), offers },
    ...rest,
  };
};
