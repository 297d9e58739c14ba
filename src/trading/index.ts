export type { BuyIntent, CancelIntent, Intent, ListIntent, OpenIntent, PlannedIntent } from './intent.ts';
export type { GridPrices, HistoryView, MarketView, OfferView } from './market-view.ts';
export {
  admits,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterValue,
  type ParameterValues,
  rangeOf,
  resolveParameters,
} from './parameters.ts';
export {
  DEFAULT_RISK_LIMITS,
  type Denial,
  MAX_OPEN_OFFERS,
  type RiskCode,
  type RiskLimits,
  resolveLimits,
  riskCodes,
  type Verdict,
} from './risk/index.ts';
export { STRATEGY_API_VERSION, type Strategy } from './strategy.ts';
export {
  type AccountSummary,
  type Bench,
  createTurnEngine,
  type DayTotal,
  DEFAULT_FEED_IN_PERCENT,
  type Decision,
  type EngineSettings,
  type GridSettings,
  gridPrices,
  type HaltState,
  type LaneState,
  pickOrder,
  type RunTurnDeps,
  runTurn,
  type TradingAccount,
  type TurnEngine,
  type TurnMarket,
  type TurnRequest,
  type TurnResult,
  type TurnSummary,
} from './turn/index.ts';
