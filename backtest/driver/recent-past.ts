import type { Height, Price, TradeId, Wh } from '../../src/core/index.ts';
import type { HistoryView } from '../../src/trading/index.ts';
import { EventKind } from '../data/event-columns.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import type { NextEvent } from '../market/next-event.ts';

type Trade = HistoryView['trades'][number];
type EnergyPrice = HistoryView['energyPrices'][number];

/** Points of each kind that a turn sees, as many as live. */
const CAPACITY = 1_000;

/** The last points of a kind; what it hands out never changes. */
class Points<Point extends object> {
  #points: Point[] = [];
  #view: readonly Point[] | null = null;

  push(point: Point): void {
    this.#points.push(Object.freeze(point));
    if (this.#points.length >= 2 * CAPACITY) this.#points = this.#points.slice(-CAPACITY);
    this.#view = null;
  }

  view(): readonly Point[] {
    this.#view ??= Object.freeze(this.#points.slice(-CAPACITY));
    return this.#view;
  }
}

/** What turns see of the past, kept as events are applied and put together when it is looked at. */
export class RecentPast {
  readonly #energyPrices = new Points<EnergyPrice>();
  readonly #trades = new Points<Trade>();
  #view: HistoryView | null = null;

  constructor(market: ColumnarMarket, height: Height) {
    this.#energyPrices.push({ height, price: market.energyPrice as Price });
  }

  /** Notes an event. */
  note(next: NextEvent): void {
    const height = next.height[0] as Height;
    const price = next.price[0] as Price;
    switch (next.kind[0]) {
      case EventKind.energyPriceSet:
        this.#energyPrices.push({ height, price });
        break;
      case EventKind.tradeBought:
        this.#trades.push({ height, tradeId: next.trade[0] as TradeId, price, amount: next.amount[0] as Wh });
        break;
      default:
        return;
    }
    this.#view = null;
  }

  view(): HistoryView {
    this.#view ??= Object.freeze({ trades: this.#trades.view(), energyPrices: this.#energyPrices.view() });
    return this.#view;
  }
}
