import { grown } from '../market/columns.ts';

const AT_FIRST = 256;

/**
 * Open offers by price, then by id, as columns: a place in the order is a 32-bit number, so that the order is moved as a
 * block of memory where an offer comes or goes. What belongs to an offer stands in its slot, which does not move: few
 * slots that are used again lie close together, other than the ids of what is open.
 */
export class OfferOrder {
  length = 0;
  /** Slots in the order of the book. */
  #order = new Uint32Array(AT_FIRST);
  /** By slot. */
  #price = new Float64Array(AT_FIRST);
  #amount = new Float64Array(AT_FIRST);
  #id = new Float64Array(AT_FIRST);
  /** Slots below `#slots` that hold no offer. */
  readonly #free: number[] = [];
  #slots = 0;

  /** The slot of the offer at a place. */
  slotAt(place: number): number {
    return this.#order[place] as number;
  }

  idAt(place: number): number {
    return this.#id[this.#order[place] as number] as number;
  }

  amountAt(place: number): number {
    return this.#amount[this.#order[place] as number] as number;
  }

  /** How many ask at most `price`: those in the first places. */
  countUpTo(price: number): number {
    return this.#placeOf(price, Number.POSITIVE_INFINITY);
  }

  /** Puts an offer in its place; the answer is its slot. */
  insert(id: number, price: number, amount: number): number {
    const place = this.#placeOf(price, id);
    const slot = this.#free.pop() ?? this.#newSlot();
    this.#price[slot] = price;
    this.#amount[slot] = amount;
    this.#id[slot] = id;
    this.#order.copyWithin(place + 1, place, this.length);
    this.#order[place] = slot;
    this.length += 1;
    return slot;
  }

  /** Takes an offer out; the answer is the slot that it had, or undefined where it was not in. */
  remove(id: number, price: number): number | undefined {
    const place = this.#placeOf(price, id);
    if (place === this.length || this.idAt(place) !== id) return undefined;
    return this.removeAt(place);
  }

  removeAt(place: number): number {
    const slot = this.slotAt(place);
    this.#order.copyWithin(place, place + 1, this.length);
    this.length -= 1;
    this.#free.push(slot);
    return slot;
  }

  #newSlot(): number {
    const slot = this.#slots;
    this.#slots += 1;
    this.#order = grown(this.#order, this.#slots);
    this.#price = grown(this.#price, this.#slots);
    this.#amount = grown(this.#amount, this.#slots);
    this.#id = grown(this.#id, this.#slots);
    return slot;
  }

  /** Where an offer of this price and id is, or would be. */
  #placeOf(price: number, id: number): number {
    const order = this.#order;
    const prices = this.#price;
    let low = 0;
    for (let high = this.length; low < high; ) {
      const middle = (low + high) >>> 1;
      const slot = order[middle] as number;
      const there = prices[slot] as number;
      if (there < price || (there === price && (this.#id[slot] as number) < id)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
