import type { OfferView } from '../market-view.ts';

/** Offers in the order of the book, cheapest first, then by id. Good until the market changes. */
export interface Book {
  readonly length: number;
  /** The offer at a place from 0 to below `length`. */
  at(place: number): OfferView;
  /** In a new array those that ask at most `price` for at most `amount` Wh. */
  upTo(price: number, amount: number): OfferView[];
  /** All of them; frozen. */
  all(): readonly OfferView[];
}

/** A book over offers that are in order; each is turned into a view when it is first looked at. */
export class ListedBook<Offer extends Pick<OfferView, 'price' | 'amount'>> implements Book {
  readonly #offers: readonly Offer[];
  readonly #viewOf: (offer: Offer) => OfferView;
  readonly #views: OfferView[] = [];
  #all: readonly OfferView[] | null = null;

  /** @param viewOf gives a frozen view. */
  constructor(offers: readonly Offer[], viewOf: (offer: Offer) => OfferView) {
    this.#offers = offers;
    this.#viewOf = viewOf;
  }

  get length(): number {
    return this.#offers.length;
  }

  at(place: number): OfferView {
    this.#views[place] ??= this.#viewOf(this.#offers[place] as Offer);
    return this.#views[place];
  }

  upTo(price: number, amount: number): OfferView[] {
    const offers: OfferView[] = [];
    for (let place = 0; place < this.#offers.length; place += 1) {
      const offer = this.#offers[place] as Offer;
      if (offer.price > price) break;
      if (offer.amount <= amount) offers.push(this.at(place));
    }
    return offers;
  }

  all(): readonly OfferView[] {
    this.#all ??= Object.freeze(this.#offers.map((_, place) => this.at(place)));
    return this.#all;
  }
}
