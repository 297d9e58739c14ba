import {
  createTurnEngine,
  type Decision,
  type EngineSettings,
  type Intent,
  type MarketView,
  runTurn,
  type Strategy,
  type TradingAccount,
  type TurnMarket,
  type TurnRequest,
  type TurnResult,
} from '../../src/trading/index.ts';
import { accountOf, buyOf, sceneAccount, sceneMarket, turnRequest } from './turn-scene.ts';

export type Decide = (view: MarketView) => readonly Intent[];

export const strategyOf = (decide: Decide): Strategy<never> => ({
  apiVersion: 1,
  name: 'test',
  description: 'A test.',
  parameters: {},
  decide,
});

export interface Scene {
  readonly accounts?: readonly TradingAccount[];
  readonly market?: TurnMarket;
  readonly request?: Partial<TurnRequest>;
  readonly settings?: Partial<EngineSettings>;
  readonly strategies?: ReadonlyMap<string, Strategy<never>>;
}

/** One turn of accounts that all decide alike, unless the scene brings strategies of its own. */
export function turn(decide: Decide, scene: Scene = {}): TurnResult {
  const { accounts = [sceneAccount(0)], market = sceneMarket(), request, settings } = scene;
  const strategies = scene.strategies ?? new Map([['test', strategyOf(decide)]]);
  const engine = createTurnEngine(strategies, { run: 'run', seed: 1, accounts, ...settings });
  return runTurn({ engine, market }, turnRequest(request));
}

/** What the strategy of account 0 sees. */
export function viewOf(scene: Scene = {}): MarketView {
  let seen: MarketView | null = null;
  turn((view) => {
    if (view.account.principal === accountOf(0)) seen = view;
    return [];
  }, scene);
  if (seen === null) throw new Error('expected account 0 to be asked');
  return seen;
}

export const idsOf = (view: MarketView): number[] => view.offers.map(({ tradeId }) => tradeId);
export const codesOf = (decisions: readonly Decision[]): string[] =>
  decisions.map(({ verdict }) => (verdict.kind === 'deny' ? verdict.code : 'allow'));
export const buyAll: Decide = (view) =>
  view.offers.map(({ tradeId, amount, price: unitPrice }) => buyOf(tradeId, amount, unitPrice));

export const isDeepFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen));
