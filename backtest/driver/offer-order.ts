import { grown } from '../market/columns.ts';

const AT_FIRST = 256;
/** After so many questions the sorted part shrinks to what they asked for. */
const QUESTIONS = 1_024;
/** By how much more than what was asked for is sorted, so that the next question rarely asks for more. */
const MARGIN = 1 / 16;

/**
 * Open offers by price, then by id, as columns. Turns look at the cheapest few, so those alone are kept in order: all below
 * a bound that follows the questions. The others stand in no order, where one comes or goes without a search. An offer is
 * known by its slot, a small number that belongs to it alone while it is here.
 */
export class OfferOrder {
  /** Slots of the offers below the bound, in the order of the book. */
  #sorted = new Uint32Array(AT_FIRST);
  #sortedCount = 0;
  /** Slots of those at the bound or above it. */
  #others = new Uint32Array(AT_FIRST);
  #othersCount = 0;
  #bound = 0;
  /** The highest price that was asked for since the bound was lowered last, and how many questions there were. */
  #asked = 0;
  #questions = 0;
  /** No offer here is smaller. */
  #smallest = Number.POSITIVE_INFINITY;
  /** By slot. */
  #price = new Float64Array(AT_FIRST);
  #amount = new Float64Array(AT_FIRST);
  /** 0 where the slot holds no offer. */
  #id = new Float64Array(AT_FIRST);
  /** Where it stands among the others. */
  #place = new Uint32Array(AT_FIRST);

  get length(): number {
    return this.#sortedCount + this.#othersCount;
  }

  /** The slot of the offer at a place. */
  slotAt(place: number): number {
    while (place >= this.#sortedCount && this.#othersCount > 0) this.#sortUpTo(this.#cheapestOther());
    return this.#sorted[place] as number;
  }

  amountAt(place: number): number {
    return this.#amount[this.slotAt(place)] as number;
  }

  /**
   * How many ask at most `price`: those in the first places. Where no offer is as small as `amount` it is 0 without a search;
   * whoever looks for small ones mostly finds none.
   */
  countUpTo(price: number, amount: number = Number.POSITIVE_INFINITY): number {
    this.#questions += 1;
    if (this.#questions >= QUESTIONS) this.#tidy();
    if (amount < this.#smallest) return 0;
    if (price > this.#asked) this.#asked = price;
    if (price >= this.#bound) this.#sortUpTo(price);
    return this.#placeOf(price, Number.POSITIVE_INFINITY);
  }

  /** The slots of all, in no order: by a number below `length`. Who goes down the numbers may remove the one he is at. */
  anySlot(index: number): number {
    const slot = index < this.#sortedCount ? this.#sorted[index] : this.#others[index - this.#sortedCount];
    return slot as number;
  }

  insert(
    slot: number,
    { id, price, amount }: { readonly id: number; readonly price: number; readonly amount: number },
  ) {
    if (slot >= this.#id.length) this.#reserve(slot + 1);
    this.#id[slot] = id;
    this.#price[slot] = price;
    this.#amount[slot] = amount;
    if (amount < this.#smallest) this.#smallest = amount;
    if (price < this.#bound) this.#sortIn(slot);
    else this.#addOther(slot);
  }

  /** Takes an offer out; whether it was in. */
  remove(slot: number, id: number): boolean {
    if (this.#id[slot] !== id) return false;
    const price = this.#price[slot] as number;
    if (price < this.#bound) {
      const place = this.#placeOf(price, id);
      this.#sorted.copyWithin(place, place + 1, this.#sortedCount);
      this.#sortedCount -= 1;
    } else this.#removeOther(this.#place[slot] as number);
    this.#id[slot] = 0;
    return true;
  }

  #reserve(slots: number): void {
    this.#price = grown(this.#price, slots);
    this.#amount = grown(this.#amount, slots);
    this.#id = grown(this.#id, slots);
    this.#place = grown(this.#place, slots);
    this.#sorted = grown(this.#sorted, slots);
    this.#others = grown(this.#others, slots);
  }

  #sortIn(slot: number): void {
    const place = this.#placeOf(this.#price[slot] as number, this.#id[slot] as number);
    this.#sorted.copyWithin(place + 1, place, this.#sortedCount);
    this.#sorted[place] = slot;
    this.#sortedCount += 1;
  }

  #addOther(slot: number): void {
    this.#others[this.#othersCount] = slot;
    this.#place[slot] = this.#othersCount;
    this.#othersCount += 1;
  }

  /** The last one takes its place. */
  #removeOther(place: number): void {
    this.#othersCount -= 1;
    const last = this.#others[this.#othersCount] as number;
    this.#others[place] = last;
    this.#place[last] = place;
  }

  #cheapestOther(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (let place = 0; place < this.#othersCount; place += 1) {
      lowest = Math.min(lowest, this.#price[this.#others[place] as number] as number);
    }
    return lowest;
  }

  /** Raises the bound above a price. */
  #sortUpTo(price: number): void {
    this.#bound = price * (1 + MARGIN) + 1;
    for (let place = this.#othersCount - 1; place >= 0; place -= 1) {
      const slot = this.#others[place] as number;
      if ((this.#price[slot] as number) >= this.#bound) continue;
      this.#removeOther(place);
      this.#sortIn(slot);
    }
  }

  /** Lowers the bound to just above what was asked for of late, and finds the smallest anew. */
  #tidy(): void {
    this.#bound = Math.min(this.#bound, this.#asked * (1 + MARGIN) + 1);
    for (; this.#sortedCount > 0; this.#sortedCount -= 1) {
      const slot = this.#sorted[this.#sortedCount - 1] as number;
      if ((this.#price[slot] as number) < this.#bound) break;
      this.#addOther(slot);
    }
    this.#smallest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.length; index += 1) {
      this.#smallest = Math.min(this.#smallest, this.#amount[this.anySlot(index)] as number);
    }
    this.#asked = 0;
    this.#questions = 0;
  }

  /** Where an offer of this price and id is in the sorted part, or would be. */
  #placeOf(price: number, id: number): number {
    const sorted = this.#sorted;
    const prices = this.#price;
    let low = 0;
    for (let high = this.#sortedCount; low < high; ) {
      const middle = (low + high) >>> 1;
      const slot = sorted[middle] as number;
      const there = prices[slot] as number;
      if (there < price || (there === price && (this.#id[slot] as number) < id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
