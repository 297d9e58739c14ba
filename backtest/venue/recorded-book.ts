import type { OpenOffer } from '../../src/market/index.ts';
import type { AccountIndex } from '../data/accounts.ts';
import { type EventColumns, NO_HEIGHT } from '../data/event-columns.ts';
import { grown } from '../market/columns.ts';
import { IdTable } from '../market/id-table.ts';

/** Terms of an offer: Wh, and µSTX per Wh. */
export interface OfferTerms {
  readonly seller: number;
  readonly amount: number;
  readonly price: number;
}

/** In place of the price where there is no offer: nobody pays that much. */
const NOTHING = Number.POSITIVE_INFINITY;

/**
 * Offers that were open in the recording, whatever has become of them at the venue: what a recorded buyer could choose
 * from. In no order, and without memory of what is closed.
 */
export class RecordedBook {
  /** Places in use up to now, those that were left included. */
  #end = 0;
  #seller = new Uint32Array(64);
  #listedAt = new Uint32Array(64);
  #amount = new Float64Array(64);
  #price = new Float64Array(64);
  #openUntil = new Float64Array(64);
  /** By trade that is open: one more than its place. */
  readonly #places = new IdTable();
  /** Places that were left, the one to take next at the end. */
  #left = new Uint32Array(64);
  #leftCount = 0;

  /** Adds an offer that was open when the recording began. */
  add({ id, seller, amount, price, openUntil }: OpenOffer, accounts: AccountIndex): void {
    const place = this.#open(id);
    this.#seller[place] = accounts.numberOf(seller);
    this.#listedAt[place] = 0;
    this.#amount[place] = amount;
    this.#price[place] = price;
    this.#openUntil[place] = openUntil ?? NO_HEIGHT;
  }

  /** Adds the offer that a row lists. */
  list(columns: EventColumns, row: number): void {
    const place = this.#open(columns.trade[row] as number);
    this.#seller[place] = columns.account[row] as number;
    this.#listedAt[place] = columns.height[row] as number;
    this.#amount[place] = columns.amount[row] as number;
    this.#price[place] = columns.price[row] as number;
    this.#openUntil[place] = columns.mark[row] as number;
  }

  /** Makes a place for a trade. */
  #open(trade: number): number {
    const place = this.#leftCount === 0 ? this.#newPlace() : (this.#left[--this.#leftCount] as number);
    this.#places.add(trade, place + 1);
    return place;
  }

  #newPlace(): number {
    const place = this.#end;
    this.#end += 1;
    if (place < this.#seller.length) return place;
    this.#seller = grown(this.#seller, this.#end);
    this.#listedAt = grown(this.#listedAt, this.#end);
    this.#amount = grown(this.#amount, this.#end);
    this.#price = grown(this.#price, this.#end);
    this.#openUntil = grown(this.#openUntil, this.#end);
    this.#left = grown(this.#left, this.#end);
    return place;
  }

  /** Removes an offer, where it is here. */
  close(trade: number): void {
    const place = this.#places.take(trade) - 1;
    if (place < 0) return;
    this.#price[place] = NOTHING;
    this.#left[this.#leftCount] = place;
    this.#leftCount += 1;
  }

  /** The block that an open offer was listed in: 0 where the recording began with it, undefined for one that is not here. */
  listedAt(trade: number): number | undefined {
    const place = this.#places.get(trade) - 1;
    return place < 0 ? undefined : this.#listedAt[place];
  }

  /**
   * How many offers the buyer of a row left that it could have had for less per Wh: of at most as many Wh, and listed in
   * block `latest` or before. It counts no further than `most`.
   */
  cheaperThan(
    columns: EventColumns,
    row: number,
    { latest, most }: { readonly latest: number; readonly most: number },
  ): number {
    const paid = columns.price[row] as number;
    const wanted = columns.amount[row] as number;
    const buyer = columns.other[row] as number;
    const height = columns.height[row] as number;
    let count = 0;
    for (let place = 0; place < this.#end && count < most; place += 1) {
      if ((this.#price[place] as number) >= paid || (this.#amount[place] as number) > wanted) continue;
      if (this.#seller[place] !== buyer && this.#stands(place, { latest, height })) count += 1;
    }
    return count;
  }

  /** Whether an offer of these terms has been open since block `latest` or before. */
  holds({ seller, amount, price }: OfferTerms, span: { readonly latest: number; readonly height: number }): boolean {
    for (let place = 0; place < this.#end; place += 1) {
      if (this.#price[place] !== price || this.#amount[place] !== amount || this.#seller[place] !== seller) continue;
      if (this.#stands(place, span)) return true;
    }
    return false;
  }

  #stands(place: number, { latest, height }: { readonly latest: number; readonly height: number }): boolean {
    const until = this.#openUntil[place] as number;
    return (this.#listedAt[place] as number) <= latest && (until === NO_HEIGHT || until >= height);
  }
}
