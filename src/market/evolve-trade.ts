import type { GridEvent, TradeRecord } from '../contract/index.ts';
import { CorruptionError, unreachable, wh } from '../core/index.ts';
import { openOffer, withOffer, withoutOffer } from './open-offers.ts';
import { withAccount, withDelegation, withMetered } from './records.ts';
import type { MarketState } from './state.ts';

type Topic = 'trade-listed' | 'trade-cancelled' | 'trade-bought';
type TradeEvent = Extract<GridEvent, { topic: Topic }>;
type EventOf<T extends Topic> = Extract<GridEvent, { topic: T }>;

/** Applies an event of one offer: it is listed, cancelled or bought. */
export function evolveTrade(state: MarketState, event: TradeEvent): MarketState {
  switch (event.topic) {
    case 'trade-listed':
      return list(state, event);
    case 'trade-cancelled':
      return cancel(state, event);
    case 'trade-bought':
      return buy(state, event);
    default:
      return unreachable(event, 'trade event');
  }
}

function list(state: MarketState, event: EventOf<'trade-listed'>): MarketState {
  if (event.tradeId !== state.lastTradeId + 1) {
    throw new CorruptionError(`expected trade ${state.lastTradeId + 1} to be listed next, was ${event.tradeId}`);
  }
  const trade: TradeRecord = {
    seller: event.seller,
    buyer: event.seller,
    amount: event.amount,
    price: event.price,
    status: 'open',
    openUntil: event.openUntil,
    lister: event.operator,
    grantId: event.grant?.id ?? null,
  };
  return {
    ...state,
    lastTradeId: event.tradeId,
    trades: state.trades.set(event.tradeId, trade),
    openOffers: withOffer(state.openOffers, openOffer(event.tradeId, trade)),
    prosumers: withAccount(state, event.seller, (account) => ({
      energy: event.energyBalance,
      escrowed: wh(account.escrowed + event.amount),
      openTrades: account.openTrades + 1,
    })),
    delegations:
      event.grant === null
        ? state.delegations
        : withDelegation(state, event.seller, event.operator, { energyLeft: event.grant.energyLeft }),
    // Where meters are required the contract lists for no seller without one.
    meteredStrangers: state.metersRequired ? withMetered(state, event.seller) : state.meteredStrangers,
  };
}

function openTrade(state: MarketState, event: EventOf<'trade-cancelled' | 'trade-bought'>): TradeRecord {
  const trade = state.trades.get(event.tradeId);
  if (trade?.status !== 'open') {
    throw new CorruptionError(`expected trade ${event.tradeId} to be open, was ${trade?.status ?? 'unknown'}`);
  }
  return trade;
}

function cancel(state: MarketState, event: EventOf<'trade-cancelled'>): MarketState {
  const trade = openTrade(state, event);
  return {
    ...state,
    trades: state.trades.set(event.tradeId, { ...trade, status: 'cancelled' }),
    openOffers: withoutOffer(state.openOffers, { id: event.tradeId, price: trade.price }),
    prosumers: withAccount(state, event.seller, (account) => ({
      energy: event.energyBalance,
      escrowed: wh(account.escrowed - event.amount),
      openTrades: account.openTrades - 1,
    })),
    // The grant is the lister's, whoever cancelled.
    delegations:
      event.grant === null
        ? state.delegations
        : withDelegation(state, event.seller, trade.lister, { energyLeft: event.grant.energyLeft }),
  };
}

function buy(state: MarketState, event: EventOf<'trade-bought'>): MarketState {
  const trade = openTrade(state, event);
  const paid = withAccount(state, event.buyer, () => ({ energy: event.buyerEnergy, funds: event.buyerFunds }));
  return {
    ...state,
    trades: state.trades.set(event.tradeId, { ...trade, buyer: event.buyer, status: 'completed' }),
    openOffers: withoutOffer(state.openOffers, { id: event.tradeId, price: trade.price }),
    prosumers: withAccount({ ...state, prosumers: paid }, event.seller, (account) => ({
      energy: event.sellerEnergy,
      funds: event.sellerFunds,
      escrowed: wh(account.escrowed - event.amount),
      openTrades: account.openTrades - 1,
    })),
    delegations:
      event.grant === null
        ? state.delegations
        : withDelegation(state, event.buyer, event.operator, { spendLeft: event.grant.spendLeft }),
    meteredStrangers: state.metersRequired ? withMetered(state, event.seller) : state.meteredStrangers,
  };
}
