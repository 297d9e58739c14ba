import type { EnergyPriceView, HistoryView, TradedView, TradeView } from './market-view.ts';

/** Points of each kind that a turn sees, unless told otherwise. */
const CAPACITY = 1_000;
/** A log is cut when it is so many times as long as what a turn sees, so that the cut costs each point little. */
const SLACK = 4;

/** Grows at its end and is not changed otherwise: what stood between two places stands there for good. */
class Log<Point extends object> {
  readonly #points: Point[] = [];
  /** Points before this place are frozen: those that somebody was shown. */
  #frozen = 0;

  get length(): number {
    return this.#points.length;
  }

  push(point: Point): void {
    this.#points.push(point);
  }

  at(place: number): Point {
    return this.#points[place] as Point;
  }

  /** The points between two places, as a frozen array of frozen points. */
  between(from: number, to: number): readonly Point[] {
    for (; this.#frozen < to; this.#frozen += 1) Object.freeze(this.#points[this.#frozen]);
    return Object.freeze(this.#points.slice(from, to));
  }
}

const LIMB = 2 ** 53;

/**
 * Running sums of safe integers that are not negative. Each is kept as high · 2^53 + low, so that none is ever rounded,
 * however long the log: a number alone would be exact up to 2^53 only, and a bigint is an object for every addition.
 */
class RunningSums {
  #count = 0;
  readonly #high: Uint32Array;
  readonly #low: Float64Array;

  /** @param most how many values there may be. */
  constructor(most: number) {
    this.#high = new Uint32Array(most + 1);
    this.#low = new Float64Array(most + 1);
  }

  push(value: number): void {
    const high = this.#high[this.#count] as number;
    const low = this.#low[this.#count] as number;
    // Compared by what is left to the limb, since low + value could be beyond the safe integers.
    const left = LIMB - low;
    this.#count += 1;
    this.#high[this.#count] = value < left ? high : high + 1;
    this.#low[this.#count] = value < left ? low + value : value - left;
  }

  /** The number nearest to the sum of the values between two places: itself where that is at most 2^53. */
  between(from: number, to: number): number {
    const high = (this.#high[to] as number) - (this.#high[from] as number);
    const low = (this.#low[to] as number) - (this.#low[from] as number);
    // Both terms are exact, so their sum is rounded once at most.
    return high * LIMB + low;
  }
}

class TradeLog extends Log<TradeView> {
  /** Beside the points, since a search through them would have to fetch each from where it lies. */
  readonly #heights: Float64Array;
  readonly #volume: RunningSums;
  readonly #turnover: RunningSums;

  /** @param most how many trades there may be. */
  constructor(most: number) {
    super();
    this.#heights = new Float64Array(most);
    this.#volume = new RunningSums(most);
    this.#turnover = new RunningSums(most);
  }

  override push(trade: TradeView): void {
    this.#heights[this.length] = trade.height;
    super.push(trade);
    this.#volume.push(trade.amount);
    this.#turnover.push(trade.amount * trade.price);
  }

  /** Sums up the trades between two places that are at height `since` or above. */
  traded(since: number, from: number, to: number): TradedView {
    let low = from;
    for (let high = to; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((this.#heights[middle] as number) < since) low = middle + 1;
      else high = middle;
    }
    return { count: to - low, volume: this.#volume.between(low, to), turnover: this.#turnover.between(low, to) };
  }
}

/** The logs from one place of each up to another. Arrays are put together when they are looked at. */
class Past implements HistoryView {
  readonly #tradeLog: TradeLog;
  readonly #priceLog: Log<EnergyPriceView>;
  readonly #firstTrade: number;
  readonly #firstPrice: number;
  readonly #afterTrades: number;
  readonly #afterPrices: number;
  #trades: readonly TradeView[] | null = null;
  #energyPrices: readonly EnergyPriceView[] | null = null;

  constructor(trades: TradeLog, energyPrices: Log<EnergyPriceView>, capacity: number) {
    this.#tradeLog = trades;
    this.#priceLog = energyPrices;
    this.#afterTrades = trades.length;
    this.#afterPrices = energyPrices.length;
    this.#firstTrade = Math.max(trades.length - capacity, 0);
    this.#firstPrice = Math.max(energyPrices.length - capacity, 0);
    Object.freeze(this);
  }

  get trades(): readonly TradeView[] {
    this.#trades ??= this.#tradeLog.between(this.#firstTrade, this.#afterTrades);
    return this.#trades;
  }

  get energyPrices(): readonly EnergyPriceView[] {
    this.#energyPrices ??= this.#priceLog.between(this.#firstPrice, this.#afterPrices);
    return this.#energyPrices;
  }

  traded(since: number): TradedView {
    return this.#tradeLog.traded(since, this.#firstTrade, this.#afterTrades);
  }
}

// A strategy that is shown a view can reach what all views share.
Object.freeze(Past.prototype);

interface RecentPastOptions {
  /** Points of each kind that turns see. @default 1000 */
  readonly capacity?: number;
  /** Oldest first. */
  readonly energyPrices?: Iterable<EnergyPriceView>;
  /** Oldest first. */
  readonly trades?: Iterable<TradeView>;
}

/** What turns see of the past. It grows; a view that it gave stays as it was. */
export class RecentPast {
  readonly #capacity: number;
  /** Points of a kind that a log holds at most. */
  readonly #most: number;
  #trades: TradeLog;
  #energyPrices = new Log<EnergyPriceView>();
  #view: HistoryView | null = null;

  constructor({ capacity = CAPACITY, energyPrices = [], trades = [] }: RecentPastOptions = {}) {
    this.#capacity = capacity;
    this.#most = SLACK * capacity;
    this.#trades = new TradeLog(this.#most);
    for (const point of energyPrices) this.priced(point);
    for (const point of trades) this.traded(point);
  }

  /** Notes a change of the energy price; takes the point over. */
  priced(point: EnergyPriceView): void {
    if (this.#energyPrices.length === this.#most) this.#energyPrices = this.#moved(this.#energyPrices, new Log());
    this.#energyPrices.push(point);
    this.#view = null;
  }

  /** Notes a trade at the height of the one before or above it; takes the point over. */
  traded(point: TradeView): void {
    if (this.#trades.length === this.#most) this.#trades = this.#moved(this.#trades, new TradeLog(this.#most));
    this.#trades.push(point);
    this.#view = null;
  }

  /** What turns still see of a log, in a new one: earlier views keep the old one. */
  #moved<Point extends object, Kept extends Log<Point>>(log: Log<Point>, fresh: Kept): Kept {
    for (let place = log.length - this.#capacity; place < log.length; place += 1) fresh.push(log.at(place));
    return fresh;
  }

  view(): HistoryView {
    this.#view ??= new Past(this.#trades, this.#energyPrices, this.#capacity);
    return this.#view;
  }
}
