import { groupBy, type Height, type Principal, type TradeId } from '../../core/index.ts';
import type { OpenOffer } from '../../market/index.ts';
import type { OfferView } from '../market-view.ts';
import { type Book, ListedBook } from './book.ts';

/** A market's open offers, by what turns ask of them. */
export interface MarketOffers {
  /** An open offer of anyone, expired ones included. */
  offer(id: TradeId): OpenOffer | undefined;
  /** The open offers of one seller, expired ones included. */
  of(seller: Principal): readonly OpenOffer[];
  /**
   * What can be bought in a block of this height. Offers of `without` are left out, and where meters are required those of
   * sellers without one.
   */
  buyable(executesAt: Height, without: ReadonlySet<Principal>): Book;
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

  buyable(executesAt: Height, without: ReadonlySet<Principal>): Book {
    const { openOffers, metersRequired, isMetered } = this.#market;
    const offers = openOffers.filter(
      ({ seller, openUntil }) =>
        !without.has(seller) &&
        (openUntil === null || openUntil >= executesAt) &&
        (!metersRequired || isMetered(seller)),
    );
    return new ListedBook(offers, ({ id, seller, amount, price, cost, openUntil }): OfferView => {
      const attested = isMetered(seller);
      return Object.freeze({ tradeId: id, seller, amount, price, cost, openUntil, attested });
    });
  }
}

export interface OfferIndexSource {
  /** Cheapest first, then by id. */
  readonly openOffers: readonly OpenOffer[];
  readonly metersRequired: boolean;
  readonly isMetered: (account: Principal) => boolean;
}
