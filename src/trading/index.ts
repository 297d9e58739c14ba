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
export { RecentPast } from './recent-past.ts';
export {
  DEFAULT_RISK_LIMITS,
  type Denial,
  type RiskCode,
  type RiskLimits,
  riskCodes,
  type Verdict,
} from './risk/index.ts';
export type { Strategy } from './strategy.ts';
export {
  type AccountSummary,
  type Bench,
  type Book,
  createTurnEngine,
  type DayTotal,
  type DecidedTurn,
  type Decision,
  decideTurn,
  type EngineSettings,
  type GridSettings,
  gridPrices,
  type HaltState,
  type LaneState,
  ListedBook,
  type MarketOffers,
  OfferIndex,
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
