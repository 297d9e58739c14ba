import { costOf, height, microStx, price, principal, tradeId, wh } from '../core/index.ts';
import type { AccountView, LimitsView, MarketView, OfferView, OwnOfferView } from './market-view.ts';
import { RecentPast } from './recent-past.ts';

const neighbour = principal('ST2CY5V39NHDPWSXMW9QDT3HC3GD6Q6XX4CFRK9AG');
const myself = principal('ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5');

/** What an example differs in; everything else stands as in the plain one. */
export interface ExampleViewChanges
  extends Partial<
    Omit<
      MarketView,
      'energyPrice' | 'grid' | 'offers' | 'bestOffer' | 'offersUpTo' | 'history' | 'account' | 'limits' | 'feePerEntry'
    >
  > {
  readonly energyPrice?: number;
  readonly grid?: { readonly import: number; readonly feedIn: number };
  readonly feePerEntry?: number;
  /** In any order; they are numbered from 1 where no id is given, and sorted as in a real view. */
  readonly offers?: readonly { readonly tradeId?: number; readonly amount: number; readonly price: number }[];
  readonly trades?: readonly { readonly height: number; readonly amount: number; readonly price: number }[];
  /** Open offers of the account itself. */
  readonly ownOffers?: readonly (Partial<Omit<OwnOfferView, 'tradeId' | 'amount' | 'price' | 'openUntil'>> & {
    readonly tradeId: number;
    readonly amount: number;
    readonly price: number;
    readonly openUntil?: number | null;
  })[];
  readonly energy?: number;
  readonly funds?: number;
  readonly targetWh?: number;
  readonly pending?: { readonly [Key in keyof AccountView['pending']]?: number };
  readonly delegation?: AccountView['delegation'];
  readonly limits?: { readonly [Key in keyof LimitsView]?: number };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

/**
 * A frozen market view for tests of strategies: height 1,000, energy price 100, grid prices 100 and 40, no offers, an
 * account of its own with 1 STX and no energy, wide limits, and a fee of 100 µSTX an entry.
 */
export function exampleView(changes: ExampleViewChanges = {}): MarketView {
  const { energyPrice = 100, energy = 0, funds = 1_000_000, targetWh = 0, pending = {}, ownOffers = [] } = changes;
  const tip = changes.height ?? height(1_000);
  const offers = (changes.offers ?? []).map((offer, index): OfferView => {
    const amount = wh(offer.amount);
    const unitPrice = price(offer.price);
    return {
      tradeId: tradeId(offer.tradeId ?? index + 1),
      seller: neighbour,
      amount,
      price: unitPrice,
      cost: costOf(amount, unitPrice),
      openUntil: null,
      attested: true,
    };
  });
  offers.sort((a, b) => a.price - b.price || a.tradeId - b.tradeId);
  const trades = (changes.trades ?? []).map((trade, index) => ({
    height: height(trade.height),
    tradeId: tradeId(index + 1),
    price: price(trade.price),
    amount: wh(trade.amount),
  }));
  const past = new RecentPast({
    energyPrices: [{ height: height(1), price: price(energyPrice) }],
    trades: trades.sort((a, b) => a.height - b.height),
  });
  const { buyWh = 0, buyCost = 0, listWh = 0, lists = 0, cancelWh = 0 } = pending;
  const openOffers = ownOffers
    .map(
      (offer): OwnOfferView => ({
        listedAt: height(tip - (offer.age ?? 0)),
        age: 0,
        expired: false,
        cancelling: false,
        cancellable: true,
        ...offer,
        tradeId: tradeId(offer.tradeId),
        amount: wh(offer.amount),
        price: price(offer.price),
        openUntil: offer.openUntil == null ? null : height(offer.openUntil),
      }),
    )
    .sort((a, b) => a.tradeId - b.tradeId);
  const account: AccountView = {
    principal: myself,
    energy: wh(energy),
    funds: microStx(funds),
    escrowed: wh(ownOffers.reduce((sum, { amount }) => sum + amount, 0)),
    openOffers,
    openOfferCount: openOffers.length,
    offersOutside: (lowest, highest) =>
      Object.freeze(openOffers.filter((offer) => offer.expired || offer.price < lowest || offer.price > highest)),
    targetWh: wh(targetWh),
    pending: { buyWh: wh(buyWh), buyCost: microStx(buyCost), listWh: wh(listWh), lists, cancelWh: wh(cancelWh) },
    freeEnergy: wh(Math.max(energy - listWh, 0)),
    freeFunds: microStx(Math.max(funds - buyCost, 0)),
    delegation: changes.delegation ?? null,
    attested: true,
  };
  const { limits = {} } = changes;
  return deepFreeze<MarketView>({
    turn: changes.turn ?? 1,
    height: tip,
    nowMs: changes.nowMs ?? 0,
    energyPrice: price(energyPrice),
    grid: { import: price(changes.grid?.import ?? 100), feedIn: price(changes.grid?.feedIn ?? 40) },
    offers,
    bestOffer: offers[0] ?? null,
    offersUpTo: (highest, most = Number.POSITIVE_INFINITY) =>
      Object.freeze(offers.filter((offer) => offer.price <= highest && offer.amount <= most)),
    history: past.view(),
    account,
    feePerEntry: microStx(changes.feePerEntry ?? 100),
    limits: {
      spendLeft: microStx(limits.spendLeft ?? account.freeFunds),
      energyLeft: wh(limits.energyLeft ?? 50_000),
      listLeft: wh(limits.listLeft ?? account.freeEnergy),
      offersLeft: limits.offersLeft ?? 20,
      intentsLeft: limits.intentsLeft ?? 20,
      highestBuyPrice: price(limits.highestBuyPrice ?? 180),
      lowestListPrice: price(limits.lowestListPrice ?? 20),
      highestListPrice: price(limits.highestListPrice ?? 180),
    },
  });
}
