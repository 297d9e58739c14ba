export {
  type BatchCall,
  type BuyEntry,
  type CancelEntry,
  type GridCall,
  type ListEntry,
  MAX_BATCH_ENTRIES,
} from './call.ts';
export { type GridErrorName, gridErrorName, gridErrors } from './error-name.ts';
export type { EnergyGrant, GridEvent, GridEventBody, SpendGrant } from './event.ts';
export type { GridRead } from './read.ts';
export type { DelegationRecord, MarketSummary, ProsumerRecord, TradeRecord, TradeStatus } from './record.ts';
