import type { TradeRecord } from '../contract/index.ts';
import { CorruptionError, costOf, type TradeId } from '../core/index.ts';
import type { OpenOffer } from './state.ts';

type Place = Pick<OpenOffer, 'id' | 'price'>;

/** The order of the book: cheapest first, then by id. */
export function byPriceThenId(a: Place, b: Place): number {
  return a.price - b.price || a.id - b.id;
}

export function openOffer(id: TradeId, trade: TradeRecord): OpenOffer {
  return Object.freeze({
    id,
    seller: trade.seller,
    amount: trade.amount,
    price: trade.price,
    cost: costOf(trade.amount, trade.price),
    openUntil: trade.openUntil,
    lister: trade.lister,
  });
}

function positionOf(offers: readonly OpenOffer[], place: Place): number {
  let low = 0;
  let high = offers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byPriceThenId(offers[middle] as OpenOffer, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A new book with `offer` in its place. */
export function withOffer(offers: readonly OpenOffer[], offer: OpenOffer): readonly OpenOffer[] {
  return Object.freeze(offers.toSpliced(positionOf(offers, offer), 0, offer));
}

/** A new book without the offer at `place`. */
export function withoutOffer(offers: readonly OpenOffer[], place: Place): readonly OpenOffer[] {
  const position = positionOf(offers, place);
  if (offers[position]?.id !== place.id) {
    throw new CorruptionError(`expected offer ${place.id} at ${place.price} µSTX per Wh in the book, was absent`);
  }
  return Object.freeze(offers.toSpliced(position, 1));
}
