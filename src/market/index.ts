export { decide } from './decide.ts';
export { MAX_OPEN_TRADES } from './decide-trade.ts';
export type { CallContext, Decision, EntryResult } from './decision.ts';
export { evolve } from './evolve.ts';
export {
  type DelegationKey,
  delegationKey,
  delegationOf,
  emptyMarket,
  isMetered,
  type MarketState,
  type OpenOffer,
} from './state.ts';
