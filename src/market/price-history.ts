import { List } from 'immutable';
import type { GridEvent } from '../contract/index.ts';
import type { Height, Price, TradeId, Wh } from '../core/index.ts';
import type { MarketState } from './state.ts';

/** The energy price from a height on. */
export interface EnergyPricePoint {
  readonly height: Height;
  readonly price: Price;
}

/** A completed trade. */
export interface TradePoint {
  readonly height: Height;
  readonly tradeId: TradeId;
  readonly price: Price;
  readonly amount: Wh;
}

/** An event and the height of the block that holds it. */
export interface HeightedEvent {
  readonly event: GridEvent;
  readonly height: Height;
}

/** The last prices, oldest first; as a value, like the market state. */
export interface PriceHistory {
  /** The most points kept of each kind; the oldest make way. */
  readonly capacity: number;
  readonly energyPrices: List<EnergyPricePoint>;
  readonly trades: List<TradePoint>;
}

/** @default capacity of a price history, in points of each kind */
const HISTORY_CAPACITY = 1_000;

/** A history that begins with the energy price that holds at `height`. */
export function openHistory(
  state: MarketState,
  options: { readonly height: Height; readonly capacity?: number },
): PriceHistory {
  const { height, capacity = HISTORY_CAPACITY } = options;
  return {
    capacity,
    energyPrices: List([Object.freeze({ height, price: state.energyPrice })]),
    trades: List(),
  };
}

/** The history after one more event; most events leave it as it is. */
export function recordEvent(history: PriceHistory, { event, height }: HeightedEvent): PriceHistory {
  switch (event.topic) {
    case 'energy-price-set':
      return {
        ...history,
        energyPrices: bounded(history.capacity, history.energyPrices, { height, price: event.price }),
      };
    case 'trade-bought': {
      const { tradeId, amount } = event;
      return {
        ...history,
        trades: bounded(history.capacity, history.trades, { height, tradeId, price: event.price, amount }),
      };
    }
    default:
      return history;
  }
}

function bounded<Point extends object>(capacity: number, points: List<Point>, point: Point): List<Point> {
  const longer = points.push(Object.freeze(point));
  return longer.size > capacity ? longer.shift() : longer;
}

/** The history without what happened above a height: those blocks are no longer on the chain. */
export function rewindHistory(history: PriceHistory, height: Height): PriceHistory {
  const stands = (point: { readonly height: Height }): boolean => point.height <= height;
  return { ...history, energyPrices: history.energyPrices.takeWhile(stands), trades: history.trades.takeWhile(stands) };
}
