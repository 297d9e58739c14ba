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

/** What the strategy of account 0 sees; `look` does so within the turn. */
export function viewOf(scene: Scene = {}, look: (view: MarketView) => void = () => {}): MarketView {
  let seen: MarketView | null = null;
  turn((view) => {
    if (view.account.principal !== accountOf(0)) return [];
    // A view shows after its turn what was looked at in it.
    void view.offers;
    look(view);
    seen = view;
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

/** The values of an object's own properties, and what the getters of its class answer. */
function partsOf(value: object): unknown[] {
  const shared = Object.getPrototypeOf(value) as object | null;
  if (shared === null || shared === Object.prototype || Array.isArray(value)) return Object.values(value);
  const getters = Object.entries(Object.getOwnPropertyDescriptors(shared)).filter(([, { get }]) => get !== undefined);
  return [...Object.values(value), ...getters.map(([name]) => Reflect.get(value, name))];
}

/** Whether nothing in it can be changed, nor the classes that its parts share with those of others. */
export function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const shared = Object.getPrototypeOf(value) as object | null;
  const isOwnClass = shared !== Object.prototype && !Array.isArray(value);
  return Object.isFrozen(value) && (!isOwnClass || Object.isFrozen(shared)) && partsOf(value).every(isDeepFrozen);
}
