import type { GridCall } from '../../../contract/index.ts';
import { mulDivDown, type Price, price, type Random, type Wh, wh } from '../../../core/index.ts';
import { shortfall } from '../model/energy.ts';
import type { Home } from '../model/home.ts';
import type { Holdings, HomeView } from './home-view.ts';
import { ageOf, type MarketGlance, type SeenOffer } from './market-glance.ts';
import { accountFor } from './metering.ts';
import {
  DEPOSIT,
  FEE_RESERVE,
  LARGEST_LOT,
  LOOK_EVERY,
  LOT_STEP,
  LOW_FUNDS,
  METER_EVERY,
  MOST_AT_ONCE,
  MOST_CALLS,
  MOST_OPEN_OFFERS,
  OFFER_MIN_AGE,
  OUT_OF_TOUCH,
  OVERBUY,
  RESERVE_SLOTS,
  SHOPPING_SLOTS,
  SMALLEST_LOT,
} from './rules.ts';

/** Whether the home accounts for its energy in this slot. */
export const isMeterDue = ({ meteredUntil }: Pick<HomeView, 'meteredUntil'>, slot: number): boolean =>
  slot - meteredUntil >= METER_EVERY;

/** Whether the home looks at what others offer in this slot; not all homes in the same one. */
export const isLookDue = (home: Home, slot: number): boolean => (slot + home.index) % LOOK_EVERY === 0;

/**
 * What a home does in a slot, in this order: register, account for its energy, pay in, take offers back, buy, offer. At
 * most MOST_CALLS calls; each may still be refused by the contract, since others act in the same block.
 */
export function planHome(view: HomeView, home: Home, slot: number, random: Random): readonly GridCall[] {
  const { holdings } = view;
  const calls = holdings === null ? moveIn(view, home, random) : goOn({ ...view, holdings }, home, slot, random);
  return calls.slice(0, MOST_CALLS);
}

function moveIn(view: HomeView, home: Home, random: Random): readonly GridCall[] {
  const calls: GridCall[] = [{ kind: 'registerProsumer' }, ...payIn(view)];
  if (!produces(home)) return calls;
  const store = Math.round(home.battery * (0.35 + 0.25 * random.fraction()));
  return [
    ...calls,
    { kind: 'addEnergy', amount: BigInt(store) },
    ...offerLots({ home, market: view.market, free: wh(store), room: MOST_AT_ONCE, random }),
  ];
}

type RegisteredView = HomeView & { readonly holdings: Holdings };

function goOn(view: RegisteredView, home: Home, slot: number, random: Random): readonly GridCall[] {
  const { world, market, address, holdings } = view;
  const atMeter = isMeterDue(view, slot);
  const metering = atMeter ? accountFor(view, home, slot) : { calls: [], energy: holdings.energy };
  const calls: GridCall[] = [...metering.calls];
  if (atMeter && holdings.funds < LOW_FUNDS) calls.push(...payIn(view));

  const own = market.offers.filter(({ seller }) => seller === address);
  const stale = atMeter ? own.filter((offer) => isStale(offer, market, home)).slice(0, MOST_AT_ONCE) : [];
  calls.push(...stale.map(({ id }): GridCall => ({ kind: 'cancelTrade', tradeId: BigInt(id) })));

  const wanted = shortfall(world, home, slot, SHOPPING_SLOTS) - metering.energy - holdings.escrowed;
  if (wanted > 0 && isLookDue(home, slot)) calls.push(...buy(view, home, wh(wanted), random));

  const free = metering.energy - shortfall(world, home, slot, RESERVE_SLOTS);
  const room = Math.min(MOST_OPEN_OFFERS - own.length, MOST_AT_ONCE);
  if (atMeter) calls.push(...offerLots({ home, market, free: wh(free), room, random }));
  return calls;
}

const produces = (home: Home): boolean => home.pvWatts + home.cellWatts > 0;

/** A deposit as far as the account's STX allow one. */
function payIn({ stx }: HomeView): readonly GridCall[] {
  const amount = Math.min(DEPOSIT, stx - FEE_RESERVE);
  return amount > 0 ? [{ kind: 'addFunds', amount: BigInt(amount) }] : [];
}

function isStale(offer: SeenOffer, market: MarketGlance, home: Home): boolean {
  return ageOf(offer, market) >= home.temperament.patience || offer.price > share(market.energyPrice, OUT_OF_TOUCH);
}

const share = (energyPrice: Price, percent: number): Price => price(mulDivDown(energyPrice, percent, 100));

/** Takes what it can afford in no order of price, as neighbours do: a fair offer sells even beside a cheaper one. */
function buy(
  { market, address, holdings }: RegisteredView,
  home: Home,
  wanted: Wh,
  random: Random,
): readonly GridCall[] {
  const highest = share(market.energyPrice, home.bid);
  const eligible = market.offers.filter(
    (offer) =>
      offer.seller !== address &&
      offer.price <= highest &&
      ageOf(offer, market) >= OFFER_MIN_AGE &&
      (offer.openUntil === null || offer.openUntil > market.height + 1),
  );
  const calls: GridCall[] = [];
  let missing: number = wanted;
  let funds: number = holdings.funds;
  for (const { id, amount, cost } of random.shuffled(eligible)) {
    if (calls.length === MOST_AT_ONCE || missing <= 0) break;
    if (cost > funds || amount > missing * OVERBUY) continue;
    calls.push({ kind: 'buyEnergy', tradeId: BigInt(id) });
    missing -= amount;
    funds -= cost;
  }
  return calls;
}

interface LotTerms {
  readonly home: Home;
  readonly market: MarketGlance;
  readonly free: Wh;
  /** How many more offers it may open. */
  readonly room: number;
  readonly random: Random;
}

function offerLots({ home, market, free, room, random }: LotTerms): readonly GridCall[] {
  const { lowestAsk, highestAsk } = home.temperament;
  const calls: GridCall[] = [];
  for (let left: number = free; calls.length < room && left >= SMALLEST_LOT; ) {
    const largest = Math.floor(Math.min(left, LARGEST_LOT) / LOT_STEP);
    const amount = random.integer(SMALLEST_LOT / LOT_STEP, largest) * LOT_STEP;
    const asked = share(market.energyPrice, random.integer(lowestAsk, highestAsk));
    calls.push({ kind: 'tradeEnergy', amount: BigInt(amount), price: BigInt(Math.max(1, asked)) });
    left -= amount;
  }
  return calls;
}
