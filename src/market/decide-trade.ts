import type { TradeRecord } from '../contract/index.ts';
import {
  costOf,
  height,
  type MicroStx,
  microStx,
  type Principal,
  price,
  type TradeId,
  tradeId,
  wh,
} from '../core/index.ts';
import { accept, type CallContext, type Outcome, refuse } from './decision.ts';
import { authorityOf, energyFits, inRange, isAhead, MAX } from './rules.ts';
import { delegationOf, isMetered, type MarketState } from './state.ts';

/** The most open offers that one prosumer may have. */
export const MAX_OPEN_OFFERS = 100;

interface Listing {
  readonly seller: Principal;
  readonly amount: bigint;
  readonly price: bigint;
  readonly openUntil: bigint | null;
}

/** The contract's rules on listing, for oneself and for others; the value is the trade's id. */
export function decideListing(state: MarketState, listing: Listing, context: CallContext): Outcome<TradeId> {
  const { seller, amount, openUntil } = listing;
  const account = state.prosumers.get(seller);
  if (account === undefined) return refuse('notFound');
  const authority = authorityOf(state, seller, context.caller, context.height);
  if (!authority.ok) return authority;
  const { grant } = authority;
  if (!inRange(amount)) return refuse('invalidAmount');
  if (!inRange(listing.price) || amount * listing.price > MAX) return refuse('invalidPrice');
  if (openUntil !== null && !isAhead(openUntil, context.height)) return refuse('pastHeight');
  if (state.metersRequired && !isMetered(state, seller)) return refuse('unauthorized');
  if (grant !== null && listing.price < grant.minSellPrice) return refuse('priceLimit');
  if (grant !== null && amount > grant.energyLeft) return refuse('energyLimit');
  if (account.energy < amount) return refuse('insufficientEnergy');
  if (account.openTrades >= MAX_OPEN_OFFERS) return refuse('tooManyOpenTrades');
  const id = tradeId(state.lastTradeId + 1);
  return accept(
    state,
    {
      topic: 'trade-listed',
      tradeId: id,
      seller,
      operator: context.caller,
      amount: wh(amount),
      price: price(listing.price),
      openUntil: openUntil === null ? null : height(openUntil),
      energyBalance: wh(account.energy - Number(amount)),
      grant: grant === null ? null : { id: grant.grantId, energyLeft: wh(grant.energyLeft - Number(amount)) },
    },
    id,
  );
}

function tradeOf(state: MarketState, id: bigint): TradeRecord | undefined {
  return id <= MAX ? state.trades.get(tradeId(id)) : undefined;
}

interface Purchase {
  readonly buyer: Principal;
  readonly tradeId: bigint;
  /** What the buyer takes the offer to be; null where it takes any. */
  readonly terms: { readonly amount: bigint; readonly maxPrice: bigint } | null;
}

/** The contract's rules on buying, for oneself and for others; the value is the cost. */
export function decidePurchase(state: MarketState, purchase: Purchase, context: CallContext): Outcome<MicroStx> {
  const { buyer, terms } = purchase;
  const account = state.prosumers.get(buyer);
  if (account === undefined) return refuse('notFound');
  const authority = authorityOf(state, buyer, context.caller, context.height);
  if (!authority.ok) return authority;
  const { grant } = authority;
  const trade = tradeOf(state, purchase.tradeId);
  const sellerAccount = trade && state.prosumers.get(trade.seller);
  if (trade === undefined || sellerAccount === undefined) return refuse('tradeNotFound');
  if (trade.status !== 'open') return refuse('tradeNotOpen');
  if (trade.openUntil !== null && context.height > trade.openUntil) return refuse('pastHeight');
  if (terms !== null && (terms.amount !== BigInt(trade.amount) || trade.price > terms.maxPrice)) {
    return refuse('termsDiffer');
  }
  if (buyer === trade.seller) return refuse('selfTrade');
  if (state.metersRequired && !isMetered(state, trade.seller)) return refuse('unauthorized');
  const cost = costOf(trade.amount, trade.price);
  if (grant !== null && trade.price > grant.maxBuyPrice) return refuse('priceLimit');
  if (grant !== null && cost > grant.spendLeft) return refuse('spendLimit');
  if (account.funds < cost) return refuse('insufficientFunds');
  if (!energyFits(account, BigInt(trade.amount))) return refuse('balanceCap');
  if (BigInt(sellerAccount.funds) + BigInt(cost) > MAX) return refuse('balanceCap');
  return accept(
    state,
    {
      topic: 'trade-bought',
      tradeId: tradeId(purchase.tradeId),
      seller: trade.seller,
      buyer,
      operator: context.caller,
      amount: trade.amount,
      price: trade.price,
      cost,
      buyerEnergy: wh(account.energy + trade.amount),
      buyerFunds: microStx(account.funds - cost),
      sellerEnergy: sellerAccount.energy,
      sellerFunds: microStx(sellerAccount.funds + cost),
      grant: grant === null ? null : { id: grant.grantId, spendLeft: microStx(grant.spendLeft - cost) },
    },
    cost,
  );
}

interface Cancellation {
  readonly tradeId: bigint;
  /** Whose offer the caller takes it to be; null where it takes any. */
  readonly seller: Principal | null;
}

/** The contract's rules on taking an offer back, for oneself and for others; the value is its amount. */
export function decideCancellation(
  state: MarketState,
  cancellation: Cancellation,
  { caller, height: now }: CallContext,
): Outcome<TradeRecord['amount']> {
  const trade = tradeOf(state, cancellation.tradeId);
  const account = trade && state.prosumers.get(trade.seller);
  if (trade === undefined || account === undefined) return refuse('tradeNotFound');
  if (trade.status !== 'open') return refuse('tradeNotOpen');
  if (cancellation.seller !== null && cancellation.seller !== trade.seller) return refuse('termsDiffer');
  const expired = trade.openUntil !== null && now > trade.openUntil;
  if (caller !== trade.seller && caller !== trade.lister && !expired) return refuse('unauthorized');
  const grant = delegationOf(state, trade.seller, trade.lister);
  const returns = grant !== undefined && grant.grantId === trade.grantId;
  return accept(
    state,
    {
      topic: 'trade-cancelled',
      tradeId: tradeId(cancellation.tradeId),
      seller: trade.seller,
      operator: caller,
      amount: trade.amount,
      energyBalance: wh(account.energy + trade.amount),
      grant: returns ? { id: grant.grantId, energyLeft: wh(grant.energyLeft + trade.amount) } : null,
    },
    trade.amount,
  );
}
