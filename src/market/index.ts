export { type BookOffer, type BookViewOptions, bookView } from './book-view.ts';
export { decide } from './decide.ts';
export { MAX_OPEN_OFFERS } from './decide-trade.ts';
export type { CallContext, DecidedEntry, Decision } from './decision.ts';
export { evolve } from './evolve.ts';
export { applyUpdate, type MarketUpdate, type UpdateOptions } from './market-update.ts';
export {
  type EnergyPricePoint,
  type HeightedEvent,
  openHistory,
  type PriceHistory,
  recordEvent,
  rewindHistory,
  type TradePoint,
} from './price-history.ts';
export { type MarketSnapshot, marketFromSnapshot } from './snapshot.ts';
export {
  type DelegationKey,
  delegationKey,
  delegationOf,
  emptyMarket,
  isMetered,
  type MarketState,
  type OpenOffer,
} from './state.ts';
export {
  advanceTimeline,
  type Moment,
  openTimeline,
  present,
  REWIND_DEPTH,
  rewindTimeline,
  type Timeline,
} from './timeline.ts';
export { type TradeStatistics, tradeStatistics } from './trade-statistics.ts';
