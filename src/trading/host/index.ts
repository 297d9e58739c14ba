export { createTradingHost, type TradingHost, type TradingHostOptions } from './create-trading-host.ts';
export { BUILT_IN_STRATEGIES, loadStrategy, strategyFile, strategyNames } from './load-strategy.ts';
export { MarketFold } from './market-fold.ts';
