export type { Clock } from './clock.ts';
export {
  BaseError,
  ConfigError,
  CorruptionError,
  type ErrorDetails,
  FatalError,
  LostLaneError,
  RejectedError,
  StrategyError,
  TransientError,
  unreachable,
} from './errors.ts';
export { groupBy } from './group-by.ts';
export type { Log } from './log.ts';
export { clamp, mulDivDown, mulDivUp } from './maths.ts';
export { type Random, seededRandom } from './random.ts';
export {
  costOf,
  type GrantId,
  grantId,
  type Height,
  height,
  MAX_AMOUNT,
  type MicroStx,
  microStx,
  type Price,
  type Principal,
  price,
  principal,
  type Sequence,
  sequence,
  type TradeId,
  type TxId,
  tradeId,
  txId,
  type Wh,
  wh,
} from './units.ts';
