export {
  type BatchCall,
  type BuyEntry,
  type CancelEntry,
  type EntryCall,
  type GridCall,
  type ListEntry,
  MAX_BATCH_ENTRIES,
} from './call.ts';
export { decodeCall } from './decode-call.ts';
export { decodeEvent } from './decode-event.ts';
export type { ClarityInput } from './decode-value.ts';
export { eventDigest, OPENING_DIGEST } from './digest.ts';
export { type EncodedCall, encodeCall } from './encode-call.ts';
export { encodeEvent } from './encode-event.ts';
export { type GridErrorName, gridErrorName, gridErrors } from './error-name.ts';
export type { EnergyGrant, GridEvent, GridEventBody, SpendGrant } from './event.ts';
export { type PostConditionParameters, postConditionsFor } from './post-conditions.ts';
export type { GridRead } from './read.ts';
export {
  type DelegationPair,
  MAX_READ_ENTRIES,
  MAX_READ_PAGES,
  OPEN_PAGE_SIZE,
  type ProsumerInfo,
  reads,
  type TradeInfo,
} from './reads.ts';
export type { DelegationRecord, MarketSummary, ProsumerRecord, TradeRecord, TradeStatus } from './record.ts';
export {
  type BatchResult,
  type CallResult,
  decodeBatchResult,
  decodeResult,
  type EntryResult,
  type GridFailure,
  type GridSuccess,
} from './result.ts';
export { gridContractSource } from './source.ts';
