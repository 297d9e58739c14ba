import type { Height } from '../core/index.ts';
import { isMetered, type MarketState, type OpenOffer } from './state.ts';

/** An offer that can be bought in the next block. */
export interface BookOffer extends OpenOffer {
  /** Whether a meter vouches for the seller's energy; false also where that is not known. */
  readonly attested: boolean;
}

export interface BookViewOptions {
  /** The tip's height: the book is that of a transaction in the block after it. */
  readonly height: Height;
  /** Leave out offers of sellers without a meter. @default whether the contract requires meters */
  readonly attestedOnly?: boolean;
}

/** The offers that a transaction sent now can buy, cheapest first, then by id; frozen. */
export function bookView(state: MarketState, options: BookViewOptions): readonly BookOffer[] {
  const { height, attestedOnly = state.metersRequired } = options;
  const offers: BookOffer[] = [];
  for (const offer of state.openOffers) {
    if (offer.openUntil !== null && offer.openUntil <= height) continue;
    const attested = isMetered(state, offer.seller);
    if (attested || !attestedOnly) offers.push(Object.freeze({ ...offer, attested }));
  }
  return Object.freeze(offers);
}
