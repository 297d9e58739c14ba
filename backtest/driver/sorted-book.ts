import type { Height, MicroStx, Price, TradeId, Wh } from '../../src/core/index.ts';
import type { OpenOffer } from '../../src/market/index.ts';
import { NO_HEIGHT } from '../data/event-columns.ts';
import { type ColumnarMarket, TradeStatus } from '../market/columnar-market.ts';

/** The open offers of a columnar market in the order of the book, brought up to date when they are asked for. */
export class SortedBook {
  readonly #market: ColumnarMarket;
  readonly #offers: OpenOffer[] = [];
  readonly #changes: number[] = [];
  #view: readonly OpenOffer[] | null = null;

  /** Takes over the market's `changes`. */
  constructor(market: ColumnarMarket) {
    this.#market = market;
    for (let id = 1; id <= market.lastTrade; id += 1) if (market.tradeStatus[id] === TradeStatus.open) this.#insert(id);
    market.changes = this.#changes;
  }

  /** Cheapest first, then by id; frozen. The same array as long as nothing changes. */
  offers(): readonly OpenOffer[] {
    for (const change of this.#changes) {
      if (change < 0) this.#remove(-change);
      else if (this.#market.tradeStatus[change] === TradeStatus.open) this.#insert(change);
    }
    if (this.#changes.length > 0) this.#view = null;
    this.#changes.length = 0;
    this.#view ??= Object.freeze(this.#offers.slice());
    return this.#view;
  }

  /** Where an offer of this price and id is, or would be. */
  #place(price: number, id: number): number {
    let low = 0;
    let high = this.#offers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const offer = this.#offers[middle] as OpenOffer;
      if (offer.price < price || (offer.price === price && offer.id < id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(id: number): void {
    this.#offers.splice(this.#place(this.#market.price[id] as number, id), 0, offerOf(this.#market, id));
  }

  /** An offer that was listed and closed between two views was never in. */
  #remove(id: number): void {
    const place = this.#place(this.#market.price[id] as number, id);
    if (this.#offers[place]?.id === id) this.#offers.splice(place, 1);
  }
}

/** The columns hold what the contract admits, so nothing is checked again. */
function offerOf(market: ColumnarMarket, id: number): OpenOffer {
  const amount = market.amount[id] as number;
  const price = market.price[id] as number;
  const until = market.openUntil[id] as number;
  return Object.freeze({
    id: id as TradeId,
    seller: market.accounts.nameOf(market.seller[id] as number),
    amount: amount as Wh,
    price: price as Price,
    cost: (amount * price) as MicroStx,
    openUntil: until === NO_HEIGHT ? null : (until as Height),
    lister: market.accounts.nameOf(market.lister[id] as number),
  });
}
