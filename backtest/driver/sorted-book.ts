import type { Height, MicroStx, Price, Principal, TradeId, Wh } from '../../src/core/index.ts';
import type { OpenOffer } from '../../src/market/index.ts';
import { type Book, ListedBook, type MarketOffers, type OfferView } from '../../src/trading/index.ts';
import { NO_HEIGHT } from '../data/event-columns.ts';
import { BookChanges, type ColumnarMarket, NO_SLOT } from '../market/columnar-market.ts';
import { OfferOrder } from './offer-order.ts';

export interface SortedBookOptions {
  /** Whose offers nobody here may buy. */
  readonly ours: ReadonlySet<Principal>;
  /** The trades of ours that are open. */
  readonly ourOffers: readonly number[];
}

/**
 * The open offers of a columnar market as turns ask for them. Those of others that can be bought are kept in the order of
 * the book, and brought up to date when they are asked for; heights may only rise from one question to the next. An offer
 * becomes a view when somebody looks at it.
 */
export class SortedBook implements MarketOffers, Book {
  readonly #market: ColumnarMarket;
  readonly #options: SortedBookOptions;
  /** By account: 1 where it is ours. */
  readonly #ours: Uint8Array;
  readonly #changes = new BookChanges();
  #order = new OfferOrder();
  /** By slot of the market; null where nobody looked. */
  #views: (OfferView | null)[] = [];
  #all: readonly OfferView[] | null = null;
  /** By slot, of those that somebody asked for: no term of an offer ever changes. */
  readonly #openOffers: OpenOffer[] = [];
  /** By seller, of those of ours that were asked for. */
  readonly #own = new Map<Principal, readonly OpenOffer[]>();
  /** No offer expires below this height. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  /** Takes over the market's `changes`. */
  constructor(market: ColumnarMarket, options: SortedBookOptions) {
    this.#market = market;
    this.#options = options;
    const ours = [...options.ours].map((name) => market.accounts.numberOf(name));
    this.#ours = new Uint8Array(market.accounts.size);
    for (const account of ours) this.#ours[account] = 1;
    market.changes = this.#changes;
    this.rebuild();
  }

  /** An account has been given a meter, which vouches for what it offers already. */
  attest(account: number): void {
    if (this.#market.openTrades[account] === 0) return;
    if (this.#market.metersRequired) {
      this.rebuild();
      return;
    }
    this.#catchUp();
    this.#all = null;
    for (let index = 0; index < this.length; index += 1) {
      const slot = this.#order.anySlot(index);
      if (this.#market.seller[slot] === account) this.#views[slot] = null;
    }
  }

  /** Puts the book together anew, after meters have become or ceased to be required. */
  rebuild(): void {
    this.#changes.count = 0;
    this.#order = new OfferOrder();
    this.#views = [];
    this.#all = null;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    this.#own.clear();
    const { seller } = this.#market;
    for (const id of this.#market.openIds()) {
      const slot = this.#market.slotOf(id);
      if (!this.#isOurs(seller[slot] as number)) this.#insert(slot);
    }
  }

  offer(id: TradeId): OpenOffer | undefined {
    const slot = this.#market.slotOf(id);
    return slot === NO_SLOT ? undefined : openOffer(this.#market, slot);
  }

  of(seller: Principal): readonly OpenOffer[] {
    if (!this.#options.ours.has(seller)) return this.#offersOf(seller, this.#market.openIds());
    this.#catchUp();
    const known = this.#own.get(seller);
    if (known !== undefined) return known;
    const offers = this.#offersOf(seller, this.#options.ourOffers);
    this.#own.set(seller, offers);
    return offers;
  }

  #offersOf(seller: Principal, ids: readonly number[]): readonly OpenOffer[] {
    const market = this.#market;
    const number = market.accounts.find(seller);
    const offers: OpenOffer[] = [];
    for (const id of ids) {
      const slot = market.slotOf(id);
      if (market.seller[slot] === number) offers.push(this.#openOffer(slot, id));
    }
    return offers;
  }

  /** The offer of a slot: the one that was made before, as long as it is of the same trade. */
  #openOffer(slot: number, id: number): OpenOffer {
    let offer = this.#openOffers[slot];
    if (offer?.id !== id) {
      offer = openOffer(this.#market, slot);
      this.#openOffers[slot] = offer;
    }
    return offer;
  }

  buyable(executesAt: Height, without: ReadonlySet<Principal>): Book {
    this.#catchUp();
    if (executesAt > this.#nextExpiry) this.#expire(executesAt);
    if (without === this.#options.ours) return this;
    const offers = [...this.all(), ...this.#buyableOfOurs(executesAt)]
      .filter(({ seller }) => !without.has(seller))
      .sort((a, b) => a.price - b.price || a.tradeId - b.tradeId);
    return new ListedBook(offers, (offer) => offer);
  }

  get length(): number {
    return this.#order.length;
  }

  at(place: number): OfferView {
    const slot = this.#order.slotAt(place);
    this.#views[slot] ??= offerView(this.#market, slot);
    return this.#views[slot];
  }

  upTo(price: number, most: number): OfferView[] {
    const offers: OfferView[] = [];
    const end = this.#order.countUpTo(price, most);
    for (let place = 0; place < end; place += 1) {
      if (this.#order.amountAt(place) <= most) offers.push(this.at(place));
    }
    return offers;
  }

  all(): readonly OfferView[] {
    this.#all ??= Object.freeze(Array.from({ length: this.length }, (_, place) => this.at(place)));
    return this.#all;
  }

  #buyableOfOurs(executesAt: Height): readonly OfferView[] {
    const { openUntil, seller, metersRequired } = this.#market;
    return this.#options.ourOffers
      .map((id) => this.#market.slotOf(id))
      .filter((slot) => (openUntil[slot] as number) === NO_HEIGHT || (openUntil[slot] as number) >= executesAt)
      .filter((slot) => !metersRequired || this.#market.isMetered(seller[slot] as number))
      .map((slot) => offerView(this.#market, slot));
  }

  #isOurs(account: number): boolean {
    return this.#ours[account] === 1;
  }

  #catchUp(): void {
    const { count, ids, sellers, slots } = this.#changes;
    if (count === 0) return;
    this.#changes.count = 0;
    this.#all = null;
    for (let place = 0; place < count; place += 1) {
      const change = ids[place] as number;
      if (this.#isOurs(sellers[place] as number)) this.#own.clear();
      else if (change < 0) this.#remove(slots[place] as number, -change);
      else this.#insert(this.#market.slotOf(change));
    }
  }

  #expire(executesAt: Height): void {
    const { openUntil } = this.#market;
    this.#all = null;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (let index = this.length - 1; index >= 0; index -= 1) {
      const slot = this.#order.anySlot(index);
      const until = openUntil[slot] as number;
      if (until === NO_HEIGHT) continue;
      if (until < executesAt) this.#remove(slot, this.#market.tradeId[slot] as number);
      else if (until < this.#nextExpiry) this.#nextExpiry = until;
    }
  }

  /** One that was closed again before it was looked at has no slot. */
  #insert(slot: number): void {
    const market = this.#market;
    if (slot === NO_SLOT) return;
    if (market.metersRequired && !market.isMetered(market.seller[slot] as number)) return;
    const until = market.openUntil[slot] as number;
    if (until !== NO_HEIGHT && until < this.#nextExpiry) this.#nextExpiry = until;
    const [id, price, amount] = [market.tradeId[slot], market.price[slot], market.amount[slot]];
    this.#order.insert(slot, { id: id as number, price: price as number, amount: amount as number });
    this.#views[slot] = null;
  }

  /** An offer that was listed and closed between two questions was never in. */
  #remove(slot: number, id: number): void {
    if (this.#order.remove(slot, id)) this.#views[slot] = null;
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
