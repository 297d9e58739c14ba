import { gridErrors } from '../../src/contract/index.ts';
import { MAX_AMOUNT as MAX } from '../../src/core/index.ts';
import { MAX_OPEN_OFFERS } from '../../src/market/index.ts';
import { EventKind, NO_GRANT, NO_HEIGHT } from '../data/event-columns.ts';
import { isPast } from './columnar-evolve.ts';
import { type ColumnarMarket, NO_SLOT } from './columnar-market.ts';
import { ANY, authority, begin, inRange, isAhead, isRegistered, OK } from './rules.ts';

export interface Listing {
  readonly seller: number;
  readonly amount: number;
  readonly price: number;
  /** Or NO_HEIGHT. */
  readonly openUntil: number;
}

export function decideListing(market: ColumnarMarket, listing: Listing, caller: number, height: number): number {
  const { seller, amount, price, openUntil } = listing;
  if (!isRegistered(market, seller)) return gridErrors.notFound;
  const grant = authority(market, seller, caller, height);
  if (grant < 0) return -grant;
  if (!inRange(amount)) return gridErrors.invalidAmount;
  if (!inRange(price) || amount * price > MAX) return gridErrors.invalidPrice;
  if (openUntil !== NO_HEIGHT && !isAhead(openUntil, height)) return gridErrors.pastHeight;
  if (market.metersRequired && !market.isMetered(seller)) return gridErrors.unauthorized;
  const energyLeft = grant === NO_GRANT ? 0 : (market.energyLeft[grant] as number);
  if (grant !== NO_GRANT) {
    if (price < (market.minSellPrice[grant] as number)) return gridErrors.priceLimit;
    if (amount > energyLeft) return gridErrors.energyLimit;
  }
  const energy = market.energy[seller] as number;
  if (energy < amount) return gridErrors.insufficientEnergy;
  if ((market.openTrades[seller] as number) >= MAX_OPEN_OFFERS) return gridErrors.tooManyOpenTrades;
  const next = begin(market, EventKind.tradeListed, seller, height);
  next.operator[0] = caller;
  next.trade[0] = market.lastTrade + 1;
  next.amount[0] = amount;
  next.price[0] = price;
  next.mark[0] = openUntil;
  next.energy[0] = energy - amount;
  next.grant[0] = grant;
  next.second[0] = grant === NO_GRANT ? 0 : energyLeft - amount;
  return OK;
}

export interface Purchase {
  readonly buyer: number;
  readonly trade: number;
  /** The amount that the buyer takes the offer to have, or ANY. */
  readonly amount: number;
  /** The most that it pays per Wh; not looked at for ANY amount. */
  readonly maxPrice: number;
}

/** Whether `trade` names one of the market's trades. */
const isTrade = (market: ColumnarMarket, trade: number): boolean => trade >= 1 && trade <= market.lastTrade;

export function decidePurchase(market: ColumnarMarket, purchase: Purchase, caller: number, height: number): number {
  const { buyer, trade } = purchase;
  if (!isRegistered(market, buyer)) return gridErrors.notFound;
  const grant = authority(market, buyer, caller, height);
  if (grant < 0) return -grant;
  if (!isTrade(market, trade)) return gridErrors.tradeNotFound;
  const slot = market.slotOf(trade);
  if (slot === NO_SLOT) return gridErrors.tradeNotOpen;
  if (isPast(market, slot, height)) return gridErrors.pastHeight;
  const amount = market.amount[slot] as number;
  const price = market.price[slot] as number;
  const seller = market.seller[slot] as number;
  if (purchase.amount !== ANY && (purchase.amount !== amount || price > purchase.maxPrice)) {
    return gridErrors.termsDiffer;
  }
  if (buyer === seller) return gridErrors.selfTrade;
  if (market.metersRequired && !market.isMetered(seller)) return gridErrors.unauthorized;
  const cost = amount * price;
  const spendLeft = grant === NO_GRANT ? 0 : (market.spendLeft[grant] as number);
  if (grant !== NO_GRANT) {
    if (price > (market.maxBuyPrice[grant] as number)) return gridErrors.priceLimit;
    if (cost > spendLeft) return gridErrors.spendLimit;
  }
  const funds = market.funds[buyer] as number;
  const energy = market.energy[buyer] as number;
  const sellerFunds = market.funds[seller] as number;
  if (funds < cost) return gridErrors.insufficientFunds;
  if (energy + (market.escrowed[buyer] as number) + amount > MAX) return gridErrors.balanceCap;
  if (sellerFunds + cost > MAX) return gridErrors.balanceCap;
  const next = begin(market, EventKind.tradeBought, seller, height);
  next.other[0] = buyer;
  next.operator[0] = caller;
  next.trade[0] = trade;
  next.amount[0] = amount;
  next.price[0] = price;
  next.buyerEnergy[0] = energy + amount;
  next.buyerFunds[0] = funds - cost;
  next.energy[0] = market.energy[seller] as number;
  next.funds[0] = sellerFunds + cost;
  next.grant[0] = grant;
  next.second[0] = grant === NO_GRANT ? 0 : spendLeft - cost;
  return OK;
}

export interface Cancellation {
  readonly trade: number;
  /** Whose offer the caller takes it to be, or ANY. */
  readonly seller: number;
}

export function decideCancellation(
  market: ColumnarMarket,
  { trade, seller }: Cancellation,
  caller: number,
  height: number,
): number {
  if (!isTrade(market, trade)) return gridErrors.tradeNotFound;
  const slot = market.slotOf(trade);
  if (slot === NO_SLOT) return gridErrors.tradeNotOpen;
  const owner = market.seller[slot] as number;
  const lister = market.lister[slot] as number;
  if (seller !== ANY && seller !== owner) return gridErrors.termsDiffer;
  if (caller !== owner && caller !== lister && !isPast(market, slot, height)) return gridErrors.unauthorized;
  const amount = market.amount[slot] as number;
  const grant = market.tradeGrant[slot] as number;
  const returns = grant !== NO_GRANT && grant === market.grantOf(owner, lister);
  const next = begin(market, EventKind.tradeCancelled, owner, height);
  next.operator[0] = caller;
  next.trade[0] = trade;
  next.amount[0] = amount;
  next.energy[0] = (market.energy[owner] as number) + amount;
  next.grant[0] = returns ? grant : NO_GRANT;
  next.second[0] = returns ? (market.energyLeft[grant] as number) + amount : 0;
  return OK;
}
