/** Ids of a page are the same but for so many of their last bits. */
const PAGE_BITS = 10;
const PAGE_IDS = 1 << PAGE_BITS;
const IN_PAGE = PAGE_IDS - 1;

/**
 * A number above 0 for each of few ids, out of millions that come one after the other and go again. A column over all ids
 * in pages, of which those without any id in are used again: no room is held for what is gone.
 */
export class IdTable {
  /** By the ids' first bits: their numbers, 0 where there is none, and at the end how many are not 0. */
  readonly #pages: (Uint32Array | undefined)[] = [];
  readonly #left: Uint32Array[] = [];
  /** Above all ids that have a page. */
  #end = 0;

  /** 0 for an id that is not in. */
  get(id: number): number {
    if (id >= this.#end) return 0;
    const page = this.#pages[id >>> PAGE_BITS];
    return page === undefined ? 0 : (page[id & IN_PAGE] as number);
  }

  /** Takes an id in that is not in, with a number above 0. */
  add(id: number, value: number): void {
    const page = this.#pages[id >>> PAGE_BITS] ?? this.#open(id >>> PAGE_BITS);
    page[id & IN_PAGE] = value;
    page[PAGE_IDS] = (page[PAGE_IDS] as number) + 1;
  }

  /** Takes an id out; its number, or 0 where it was not in. */
  take(id: number): number {
    const value = this.get(id);
    if (value === 0) return 0;
    const page = this.#pages[id >>> PAGE_BITS] as Uint32Array;
    page[id & IN_PAGE] = 0;
    page[PAGE_IDS] = (page[PAGE_IDS] as number) - 1;
    if (page[PAGE_IDS] === 0) this.#leave(id >>> PAGE_BITS, page);
    return value;
  }

  #open(place: number): Uint32Array {
    while (this.#pages.length <= place) this.#pages.push(undefined);
    this.#end = this.#pages.length * PAGE_IDS;
    const page = this.#left.pop() ?? new Uint32Array(PAGE_IDS + 1);
    this.#pages[place] = page;
    return page;
  }

  #leave(place: number, page: Uint32Array): void {
    this.#pages[place] = undefined;
    this.#left.push(page);
  }
}
