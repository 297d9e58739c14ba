import type { Price, TradeId, TxId } from '../core/index.ts';
import type { GridLogEntry } from './ports/chain.ts';
import type { Fill, Listing, PriceMark } from './ports/ledger-records.ts';

/** What of a stretch of events is ours. */
export interface OwnTrades {
  readonly listings: readonly Listing[];
  readonly fills: readonly Fill[];
  /** Changes of the energy price, whoever made them. */
  readonly prices: readonly PriceMark[];
}

export interface Ownership {
  /** Transactions among the events that we signed. */
  readonly transactions: ReadonlySet<TxId>;
  /** Offers that earlier transactions of ours put on the market. */
  readonly listings: ReadonlySet<TradeId>;
  /** The energy price before the first of the events. */
  readonly energyPrice: Price;
}

/**
 * Finds our listings and fills among events, oldest first. A trade is bought where a transaction of ours bought it, sold
 * where someone else bought what we listed, and own where both are ours.
 */
export function findOwnTrades(entries: readonly GridLogEntry[], own: Ownership): OwnTrades {
  const listings: Listing[] = [];
  const fills: Fill[] = [];
  const prices: PriceMark[] = [];
  let { energyPrice } = own;
  const listed = new Set(own.listings);
  for (const { event, txId, height } of entries) {
    if (event.topic === 'energy-price-set') {
      energyPrice = event.price;
      prices.push({ sequence: event.sequence, price: event.price });
    } else if (event.topic === 'trade-listed' && own.transactions.has(txId)) {
      const { sequence, tradeId, seller, amount, price } = event;
      listed.add(tradeId);
      listings.push({ sequence, tradeId, txId, height, seller, amount, price });
    } else if (event.topic === 'trade-bought') {
      const { sequence, tradeId, buyer, seller, amount, price, cost } = event;
      const bought = own.transactions.has(txId);
      const sold = listed.has(tradeId);
      if (!bought && !sold) continue;
      const side = bought && sold ? 'own' : bought ? 'bought' : 'sold';
      fills.push({ side, sequence, tradeId, txId, height, buyer, seller, amount, price, cost, energyPrice });
    }
  }
  return { listings, fills, prices };
}
