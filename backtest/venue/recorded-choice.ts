import type { Random } from '../../src/core/index.ts';
import type { OpenOffer } from '../../src/market/index.ts';
import type { AccountIndex } from '../data/accounts.ts';
import type { EventColumns } from '../data/event-columns.ts';
import { isPast } from '../market/columnar-evolve.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import type { Alternatives, Contest, FillModel } from './fill-model.ts';
import { RecordedBook } from './recorded-book.ts';

export interface ChoiceOptions {
  readonly fills: FillModel;
  readonly random: Random;
  readonly latencyBlocks: number;
  /** By account: 1 where it is ours. */
  readonly ours: Uint8Array;
}

/** What recorded buyers could choose from, and which offer of ours they would have chosen. */
export class RecordedChoice {
  readonly #options: ChoiceOptions;
  readonly #isOurs: Uint8Array;
  readonly #others = new RecordedBook();
  /** Offers of our accounts in the recording, not those that they make here. */
  readonly #ours = new RecordedBook();
  readonly #purchase = new Purchase([this.#others, this.#ours]);
  /** Offers in it that were taken back in the block that is being executed. */
  readonly #takenBack: number[] = [];

  constructor(options: ChoiceOptions, openOffers: Iterable<OpenOffer>, accounts: AccountIndex) {
    this.#options = options;
    this.#isOurs = options.ours;
    for (const offer of openOffers) this.#bookOf(accounts.numberOf(offer.seller)).add(offer, accounts);
  }

  #bookOf(seller: number): RecordedBook {
    return this.#isOurs[seller] === 1 ? this.#ours : this.#others;
  }

  /** The offer that a row lists can be chosen. */
  listed(columns: EventColumns, row: number): void {
    this.#bookOf(columns.account[row] as number).list(columns, row);
  }

  /** The offer that a row buys can be chosen no longer. */
  bought(columns: EventColumns, row: number): void {
    this.#bookOf(columns.account[row] as number).close(columns.trade[row] as number);
  }

  /** Nor can one that a row cancels. One of ours was left by all in its block: here its cancellation may come later in it. */
  cancelled(columns: EventColumns, row: number): void {
    const trade = columns.trade[row] as number;
    if (this.#isOurs[columns.account[row] as number] === 1) this.#takenBack.push(trade);
    else this.#others.close(trade);
  }

  endBlock(): void {
    if (this.#takenBack.length === 0) return;
    for (const trade of this.#takenBack) this.#ours.close(trade);
    this.#takenBack.length = 0;
  }

  /**
   * The offer of ours that the buyer of a row would have bought; 0 where there is none. What it bought from us in the
   * recording it buys again, where that stands here too; what it could have bought from us and left, it leaves again. Else
   * the cheapest by the fill model, the oldest among equals.
   */
  ofOurs(market: ColumnarMarket, ourOffers: readonly number[], columns: EventColumns, row: number): number {
    const { fills, random, latencyBlocks } = this.#options;
    const height = columns.height[row] as number;
    const seller = columns.account[row] as number;
    const paid = columns.price[row] as number;
    const wanted = columns.amount[row] as number;
    const latest = height - fills.noticeBlocks(latencyBlocks);
    const purchase = this.#purchase;
    purchase.begin(columns, row, latest);
    const soldFrom = this.#ours.listedAt(columns.trade[row] as number);
    // The same again, the cheapest of the seller's, the cheapest that suits the buyer; the oldest of equals comes first.
    let [again, sure, best] = [0, 0, 0];
    let surePrice = Number.POSITIVE_INFINITY;
    let bestPrice = Number.POSITIVE_INFINITY;
    for (const trade of ourOffers) {
      const slot = market.slotOf(trade);
      if ((market.listedAt[slot] as number) > latest || isPast(market, slot, height)) continue;
      const asked = market.price[slot] as number;
      // No model makes anyone pay more than it paid.
      if (asked > paid) continue;
      const offered = market.amount[slot] as number;
      const sold = market.seller[slot] === seller;
      if (sold && asked === paid && offered === wanted) {
        if (market.listedAt[slot] === soldFrom) return trade;
        if (again === 0) again = trade;
      }
      const terms = { seller: market.seller[slot] as number, amount: offered, price: asked };
      if (this.#ours.holds(terms, { latest, height })) continue;
      if (sold && offered <= wanted && asked < surePrice) {
        sure = trade;
        surePrice = asked;
      }
      purchase.asked = asked;
      purchase.offered = offered;
      if (!fills.suits(purchase)) continue;
      purchase.ours += 1;
      if (asked < bestPrice) {
        best = trade;
        bestPrice = asked;
      }
    }
    if (again !== 0) return again;
    if (best === 0 || !fills.takesOurs(purchase, random)) return sure;
    return bestPrice < surePrice || (bestPrice === surePrice && best < sure) ? best : sure;
  }
}

/** A purchase against our offers one after the other; used again for the next. */
class Purchase implements Contest, Alternatives {
  paid = 0;
  wanted = 0;
  asked = 0;
  offered = 0;
  ours = 0;
  readonly #books: readonly RecordedBook[];
  #columns: EventColumns | null = null;
  #row = 0;
  #latest = 0;

  constructor(books: readonly RecordedBook[]) {
    this.#books = books;
  }

  begin(columns: EventColumns, row: number, latest: number): void {
    this.paid = columns.price[row] as number;
    this.wanted = columns.amount[row] as number;
    this.ours = 0;
    this.#columns = columns;
    this.#row = row;
    this.#latest = latest;
  }

  passedOver(most = Number.POSITIVE_INFINITY): number {
    let count = 0;
    if (this.#columns === null) return count;
    const span = { latest: this.#latest, most };
    for (const book of this.#books) count += book.cheaperThan(this.#columns, this.#row, span);
    return count;
  }
}
