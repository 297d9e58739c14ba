import type { Height, MicroStx, Price, Principal, TradeId, Wh } from '../../src/core/index.ts';
import type { OpenOffer } from '../../src/market/index.ts';
import type { MarketOffers, OfferView } from '../../src/trading/index.ts';
import { NO_HEIGHT } from '../data/event-columns.ts';
import { BookChanges, type ColumnarMarket, NO_SLOT } from '../market/columnar-market.ts';

export interface SortedBookOptions {
  /** Whose offers nobody here may buy. */
  readonly ours: ReadonlySet<Principal>;
  /** The trades of ours that are open. */
  readonly ourOffers: readonly number[];
}

/**
 * The open offers of a columnar market as turns ask for them. Those of others that can be bought are kept in the order of
 * the book, and brought up to date when they are asked for; heights may only rise from one question to the next.
 */
export class SortedBook implements MarketOffers {
  readonly #market: ColumnarMarket;
  readonly #options: SortedBookOptions;
  readonly #ours: ReadonlySet<number>;
  readonly #changes = new BookChanges();
  #offers: OfferView[] = [];
  #view: readonly OfferView[] | null = null;
  /** No offer expires below this height. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  /** Takes over the market's `changes`. */
  constructor(market: ColumnarMarket, options: SortedBookOptions) {
    this.#market = market;
    this.#options = options;
    this.#ours = new Set([...options.ours].map((name) => market.accounts.numberOf(name)));
    market.changes = this.#changes;
    this.rebuild();
  }

  /** An account has been given a meter, which vouches for what it offers already. */
  attest(account: number): void {
    if (this.#market.metersRequired) {
      this.rebuild();
      return;
    }
    const name = this.#market.accounts.nameOf(account);
    this.#offers.forEach((offer, place) => {
      if (offer.seller !== name || offer.attested) return;
      this.#offers[place] = Object.freeze({ ...offer, attested: true });
      this.#view = null;
    });
  }

  /** Puts the book together anew, after meters have become or ceased to be required. */
  rebuild(): void {
    this.#changes.count = 0;
    this.#offers = [];
    this.#view = null;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const id of this.#market.openIds()) this.#insert(this.#market.slotOf(id));
  }

  offer(id: TradeId): OpenOffer | undefined {
    const slot = this.#market.slotOf(id);
    return slot === NO_SLOT ? undefined : openOffer(this.#market, slot);
  }

  of(seller: Principal): readonly OpenOffer[] {
    const market = this.#market;
    const number = market.accounts.find(seller);
    const ids = this.#options.ours.has(seller) ? this.#options.ourOffers : market.openIds();
    return ids
      .map((id) => market.slotOf(id))
      .filter((slot) => market.seller[slot] === number)
      .map((slot) => openOffer(market, slot));
  }

  buyable(executesAt: Height, without: ReadonlySet<Principal>): readonly OfferView[] {
    this.#update(executesAt);
    this.#view ??= Object.freeze(this.#offers.slice());
    if (without === this.#options.ours) return this.#view;
    return Object.freeze(
      [...this.#view, ...this.#buyableOfOurs(executesAt)]
        .filter(({ seller }) => !without.has(seller))
        .sort((a, b) => a.price - b.price || a.tradeId - b.tradeId),
    );
  }

  #buyableOfOurs(executesAt: Height): readonly OfferView[] {
    const { openUntil, seller, metersRequired } = this.#market;
    return this.#options.ourOffers
      .map((id) => this.#market.slotOf(id))
      .filter((slot) => (openUntil[slot] as number) === NO_HEIGHT || (openUntil[slot] as number) >= executesAt)
      .filter((slot) => !metersRequired || this.#market.isMetered(seller[slot] as number))
      .map((slot) => offerView(this.#market, slot));
  }

  #update(executesAt: Height): void {
    const { count, ids, prices } = this.#changes;
    for (let place = 0; place < count; place += 1) {
      const change = ids[place] as number;
      const slot = this.#market.slotOf(change);
      if (change < 0) this.#remove(-change, prices[place] as number);
      else if (slot !== NO_SLOT) this.#insert(slot);
    }
    if (count > 0) this.#view = null;
    this.#changes.count = 0;
    if (executesAt > this.#nextExpiry) this.#expire(executesAt);
  }

  #expire(executesAt: Height): void {
    this.#offers = this.#offers.filter(({ openUntil }) => openUntil === null || openUntil >= executesAt);
    this.#view = null;
    this.#nextExpiry = this.#offers.reduce(
      (soonest, { openUntil }) => (openUntil !== null && openUntil < soonest ? openUntil : soonest),
      Number.POSITIVE_INFINITY,
    );
  }

  /** Where an offer of this price and id is, or would be. */
  #place(price: number, id: number): number {
    const offers = this.#offers;
    let low = 0;
    let high = offers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const offer = offers[middle] as OfferView;
      if (offer.price < price || (offer.price === price && offer.tradeId < id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(slot: number): void {
    const market = this.#market;
    const seller = market.seller[slot] as number;
    if (this.#ours.has(seller) || (market.metersRequired && !market.isMetered(seller))) return;
    const until = market.openUntil[slot] as number;
    if (until !== NO_HEIGHT && until < this.#nextExpiry) this.#nextExpiry = until;
    const place = this.#place(market.price[slot] as number, market.tradeId[slot] as number);
    this.#offers.splice(place, 0, offerView(market, slot));
  }

  /** An offer that was listed and closed between two questions was never in, and neither was one of ours. */
  #remove(id: number, price: number): void {
    const place = this.#place(price, id);
    if (this.#offers[place]?.tradeId === id) this.#offers.splice(place, 1);
  }
}

// The columns hold what the contract admits, so nothing is checked again.

function offerView(market: ColumnarMarket, slot: number): OfferView {
  const amount = market.amount[slot] as number;
  const price = market.price[slot] as number;
  const until = market.openUntil[slot] as number;
  const seller = market.seller[slot] as number;
  return Object.freeze({
    tradeId: market.tradeId[slot] as TradeId,
    seller: market.accounts.nameOf(seller),
    amount: amount as Wh,
    price: price as Price,
    cost: (amount * price) as MicroStx,
    openUntil: until === NO_HEIGHT ? null : (until as Height),
    attested: market.isMetered(seller),
  });
}

function openOffer(market: ColumnarMarket, slot: number): OpenOffer {
  const amount = market.amount[slot] as number;
  const price = market.price[slot] as number;
  const until = market.openUntil[slot] as number;
  return {
    id: market.tradeId[slot] as TradeId,
    seller: market.accounts.nameOf(market.seller[slot] as number),
    amount: amount as Wh,
    price: price as Price,
    cost: (amount * price) as MicroStx,
    openUntil: until === NO_HEIGHT ? null : (until as Height),
    lister: market.accounts.nameOf(market.lister[slot] as number),
  };
}
