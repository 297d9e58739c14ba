import { groupBy, type Height, type Principal, type TradeId } from '../../core/index.ts';
import type { OpenOffer } from '../../market/index.ts';
import type { OfferView } from '../market-view.ts';

/** A market's open offers, by what turns ask of them. */
export interface MarketOffers {
  /** An open offer of anyone, expired ones included. */
  offer(id: TradeId): OpenOffer | undefined;
  /** The open offers of one seller, expired ones included. */
  of(seller: Principal): readonly OpenOffer[];
  /**
   * What can be bought in a block of this height, cheapest first, then by id; frozen. Offers of `without` are left out, and
   * where meters are required those of sellers without one.
   */
  buyable(executesAt: Height, without: ReadonlySet<Principal>): readonly OfferView[];
}

/** The offers of a market that stands still; each question is prepared for when it is first asked. */
export class OfferIndex implements MarketOffers {
  readonly #market: OfferIndexSource;
  #byId: ReadonlyMap<TradeId, OpenOffer> | null = null;
  #bySeller: ReadonlyMap<Principal, readonly OpenOffer[]> | null = null;

  constructor(market: OfferIndexSource) {
    this.#market = market;
  }

  offer(id: TradeId): OpenOffer | undefined {
    this.#byId ??= new Map(this.#market.openOffers.map((offer) => [offer.id, offer]));
    return this.#byId.get(id);
  }

  of(seller: Principal): readonly OpenOffer[] {
    this.#bySeller ??= groupBy(this.#market.openOffers, (offer) => offer.seller);
    return this.#bySeller.get(seller) ?? [];
  }

  buyable(executesAt: Height, without: ReadonlySet<Principal>): readonly OfferView[] {
    const { openOffers, metersRequired, isMetered } = this.#market;
    const views: OfferView[] = [];
    for (const { id, seller, amount, price, cost, openUntil } of openOffers) {
      if (without.has(seller) || (openUntil !== null && openUntil < executesAt)) continue;
      const attested = isMetered(seller);
      if (metersRequired && !attested) continue;
      views.push(Object.freeze({ tradeId: id, seller, amount, price, cost, openUntil, attested }));
    }
    return Object.freeze(views);
  }
}

export interface OfferIndexSource {
  /** Cheapest first, then by id. */
  readonly openOffers: readonly OpenOffer[];
  readonly metersRequired: boolean;
  readonly isMetered: (account: Principal) => boolean;
}
