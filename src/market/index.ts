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
