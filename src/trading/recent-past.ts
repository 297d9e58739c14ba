import type { Height, Price, TradeId, Wh } from '../core/index.ts';
import type { EnergyPriceView, HistoryView, TradedView, TradeView } from './market-view.ts';

/** Points of each kind that a turn sees, unless told otherwise. */
const CAPACITY = 1_000;
/** A log is cut when it is so many times as long as what a turn sees, so that the cut costs each point little. */
const SLACK = 4;

/** Grows at its end and is not changed otherwise: what stood between two places stands there for good. */
class PriceLog {
  readonly #points: EnergyPriceView[] = [];
  /** Points before this place are frozen: those that somebody was shown. */
  #frozen = 0;

  get length(): number {
    return this.#points.length;
  }

  push(point: EnergyPriceView): void {
    this.#points.push(point);
  }

  /** The last points from a place on, in a new log. */
  from(place: number): PriceLog {
    const log = new PriceLog();
    for (const point of this.#points.slice(place)) log.push(point);
    return log;
  }

  /** The points between two places, as a frozen array of frozen points. */
  between(from: number, to: number): readonly EnergyPriceView[] {
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

  /** Takes over the sums of another from a place on: only their differences tell. */
  continue(other: RunningSums, place: number): void {
    this.#count = other.#count - place;
    this.#high.set(other.#high.subarray(place, other.#count + 1));
    this.#low.set(other.#low.subarray(place, other.#count + 1));
  }

  /** The number nearest to the sum of the values between two places: itself where that is at most 2^53. */
  between(from: number, to: number): number {
    const high = (this.#high[to] as number) - (this.#high[from] as number);
    const low = (this.#low[to] as number) - (this.#low[from] as number);
    // Both terms are exact, so their sum is rounded once at most.
    return high * LIMB + low;
  }
}

/**
 * Trades as columns, which grow at their ends alone. There are millions, of which few are looked at one by one: those become
 * objects then. As objects from the start they would live just long enough to be moved by the collector.
 */
class TradeLog {
  length = 0;
  readonly #most: number;
  readonly #heights: Float64Array;
  readonly #ids: Float64Array;
  readonly #prices: Float64Array;
  readonly #amounts: Float64Array;
  readonly #volume: RunningSums;
  readonly #turnover: RunningSums;
  /** By place, of those that somebody looked at. */
  readonly #views = new Map<number, TradeView>();

  /** @param most how many trades there may be. */
  constructor(most: number) {
    this.#most = most;
    this.#heights = new Float64Array(most);
    this.#ids = new Float64Array(most);
    this.#prices = new Float64Array(most);
    this.#amounts = new Float64Array(most);
    this.#volume = new RunningSums(most);
    this.#turnover = new RunningSums(most);
  }

  push({ height, tradeId, price, amount }: TradeView): void {
    const place = this.length;
    this.length += 1;
    this.#heights[place] = height;
    this.#ids[place] = tradeId;
    this.#prices[place] = price;
    this.#amounts[place] = amount;
    this.#volume.push(amount);
    this.#turnover.push(amount * price);
  }

  /** The last trades from a place on, in a new log. */
  from(place: number): TradeLog {
    const log = new TradeLog(this.#most);
    log.length = this.length - place;
    log.#heights.set(this.#heights.subarray(place));
    log.#ids.set(this.#ids.subarray(place));
    log.#prices.set(this.#prices.subarray(place));
    log.#amounts.set(this.#amounts.subarray(place));
    log.#volume.continue(this.#volume, place);
    log.#turnover.continue(this.#turnover, place);
    for (const [at, view] of this.#views) if (at >= place) log.#views.set(at - place, view);
    return log;
  }

  /** The trades between two places, as a frozen array of frozen trades. */
  between(from: number, to: number): readonly TradeView[] {
    return Object.freeze(Array.from({ length: to - from }, (_, index) => this.#viewAt(from + index)));
  }

  #viewAt(place: number): TradeView {
    const known = this.#views.get(place);
    if (known !== undefined) return known;
    const view = Object.freeze({
      height: this.#heights[place] as Height,
      tradeId: this.#ids[place] as TradeId,
      price: this.#prices[place] as Price,
      amount: this.#amounts[place] as Wh,
    });
    this.#views.set(place, view);
    return view;
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
  readonly #priceLog: PriceLog;
  readonly #firstTrade: number;
  readonly #firstPrice: number;
  readonly #afterTrades: number;
  readonly #afterPrices: number;
  #trades: readonly TradeView[] | null = null;
  #energyPrices: readonly EnergyPriceView[] | null = null;

  constructor(trades: TradeLog, energyPrices: PriceLog, capacity: number) {
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
  #energyPrices = new PriceLog();
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
    const { length } = this.#energyPrices;
    // Earlier views keep the old log.
    if (length === this.#most) this.#energyPrices = this.#energyPrices.from(length - this.#capacity);
    this.#energyPrices.push(point);
    this.#view = null;
  }

  /** Notes a trade at the height of the one before or above it. */
  traded(trade: TradeView): void {
    const { length } = this.#trades;
    if (length === this.#most) this.#trades = this.#trades.from(length - this.#capacity);
    this.#trades.push(trade);
    this.#view = null;
  }

  view(): HistoryView {
    this.#view ??= new Past(this.#trades, this.#energyPrices, this.#capacity);
    return this.#view;
  }
}
