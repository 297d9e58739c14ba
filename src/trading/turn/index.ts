export type { TradingAccount } from './account.ts';
export type { RunTurnDeps } from './deps.ts';
export { createTurnEngine, type EngineSettings, type TurnEngine } from './engine.ts';
export { gridPrices } from './grid-prices.ts';
export type { DayTotal, GridSettings, HaltState, LaneState, TurnRequest } from './request.ts';
export type { AccountSummary, Bench, Decision, TurnResult, TurnSummary } from './result.ts';
export { pickOrder } from './rotation.ts';
export { runTurn } from './run-turn.ts';
export type { TurnMarket } from './turn-market.ts';
