import type { Height, Price } from '../../../core/index.ts';
import type { OpenOffer } from '../../../market/index.ts';

/** An open offer with the height at which the neighbourhood first saw it. */
export interface SeenOffer extends OpenOffer {
  readonly seenAt: Height;
}

/** What everybody can see, as of one block; all homes share one. */
export interface MarketGlance {
  readonly height: Height;
  readonly energyPrice: Price;
  /** Cheapest first. */
  readonly offers: readonly SeenOffer[];
}

/** Blocks that an offer has been open for, as far as known. */
export const ageOf = (offer: SeenOffer, glance: MarketGlance): number => glance.height - offer.seenAt;
