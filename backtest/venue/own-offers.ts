import { EventKind } from '../data/event-columns.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';

/** The open offers of our accounts, by trade, oldest first. */
export class OwnOffers {
  readonly #market: ColumnarMarket;
  /** By account: 1 where it is ours. */
  readonly #ours: Uint8Array;
  readonly #trades: number[];
  /** The lowest price that any of them asks: nobody who paid less can have wanted one. */
  lowestAsk = Number.POSITIVE_INFINITY;

  constructor(market: ColumnarMarket, ours: Uint8Array, trades: readonly number[]) {
    this.#market = market;
    this.#ours = ours;
    this.#trades = [...trades];
    this.#findLowestAsk();
  }

  get trades(): readonly number[] {
    return this.#trades;
  }

  /** Follows the event that the market has just applied. */
  follow(): void {
    const { next } = this.#market;
    if (this.#ours[next.account[0] as number] !== 1) return;
    const trade = next.trade[0] as number;
    switch (next.kind[0]) {
      case EventKind.tradeListed:
        this.#trades.push(trade);
        break;
      case EventKind.tradeBought:
      case EventKind.tradeCancelled:
        this.#trades.splice(this.#trades.indexOf(trade), 1);
        break;
      default:
        return;
    }
    this.#findLowestAsk();
  }

  #findLowestAsk(): void {
    this.lowestAsk = Number.POSITIVE_INFINITY;
    for (const trade of this.#trades) {
      const asked = this.#market.price[this.#market.slotOf(trade)] as number;
      if (asked < this.lowestAsk) this.lowestAsk = asked;
    }
  }
}
