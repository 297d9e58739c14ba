/** What strategies import, published as `wattmaker/strategy`. */
export {
  clamp,
  costOf,
  type Height,
  height,
  MAX_AMOUNT,
  type MicroStx,
  microStx,
  mulDivDown,
  mulDivUp,
  type Price,
  type Principal,
  price,
  type TradeId,
  type Wh,
  wh,
} from '../core/index.ts';
export { type ExampleViewChanges, exampleView } from './example-view.ts';
export type { BuyIntent, CancelIntent, Intent, ListIntent } from './intent.ts';
export type {
  AccountView,
  DelegationView,
  EnergyPriceView,
  GridPrices,
  HistoryView,
  LimitsView,
  MarketView,
  OfferView,
  OwnOfferView,
  PendingView,
  TradedView,
  TradeView,
} from './market-view.ts';
export type {
  ChoiceParameter,
  IntegerParameter,
  NumberParameter,
  ParameterSpec,
  ParameterSpecs,
  ParametersOf,
} from './parameters.ts';
export { defineParameters, defineStrategy, STRATEGY_API_VERSION, type Strategy } from './strategy.ts';
