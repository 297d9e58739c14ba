import { describe, expect, it } from 'vitest';
import { ConfigError, type Principal, price, StrategyError, wh } from '../../../../src/core/index.ts';
import {
  createTurnEngine,
  type MarketView,
  runTurn,
  type Strategy,
  type TradingAccount,
  type TurnResult,
} from '../../../../src/trading/index.ts';
import { buyAll, codesOf, isDeepFrozen, strategyOf, turn, viewOf } from '../../../support/one-turn.ts';
import cheat from '../../../support/strategies/cheat.ts';
import thrower from '../../../support/strategies/thrower.ts';
import {
  accountOf,
  botOperator,
  buyOf,
  listOf,
  neighbour,
  openIntent,
  sceneAccount,
  sceneMarket,
  turnRequest,
} from '../../../support/turn-scene.ts';

describe('runTurn', () => {
  it('behavior: names allowed intents by run, turn and number', () => {
    const { allowed } = turn(() => [listOf(10, 90), listOf(1_000_000, 90), listOf(20, 90)], { request: { turn: 7 } });
    expect(allowed).toMatchObject([
      { id: 'run-7-1', account: accountOf(0), strategy: 'test', turn: 7, height: 1_000, intent: { amount: 10 } },
      { id: 'run-7-2', intent: { amount: 20 } },
    ]);
  });

  it('behavior: equal arguments give an equal result', () => {
    const accounts = Array.from({ length: 20 }, (_, index) => sceneAccount(index));
    const offers = Array.from({ length: 30 }, (_, index) => ({ id: index + 1, amount: 100, price: 50 + (index % 7) }));
    const once = (): TurnResult =>
      turn((view) => buyAll(view).slice(0, 2), { accounts, market: sceneMarket({ offers }) });
    expect(once()).toEqual(once());
  });

  it('behavior: the view is frozen all the way down', () => {
    const market = sceneMarket({
      offers: [
        { id: 1, amount: 5, price: 9 },
        { id: 2, amount: 5, price: 9, seller: accountOf(0) },
      ],
    });
    const account = sceneAccount(0, { operators: [botOperator] });
    let frozen = false;
    const view = viewOf({ market, accounts: [account] }, (seen) => {
      frozen = isDeepFrozen(seen) && isDeepFrozen(seen.offersUpTo(9)) && isDeepFrozen(seen.account.offersOutside(0, 1));
    });
    expect(view.offers).toHaveLength(1);
    expect(view.account.openOffers).toHaveLength(1);
    expect(frozen).toBe(true);
  });

  it('behavior: a view that a strategy keeps shows nothing of what comes after its turn', () => {
    const market = sceneMarket({ offers: [{ id: 1, amount: 5, price: 9 }] });
    const view = viewOf({ market });
    expect(view.offers).toHaveLength(1);
    expect(() => view.bestOffer).toThrow('expected offers to be asked for within turn 1, was after it');
    expect(() => view.offersUpTo(9)).toThrow(StrategyError);
    expect(() => view.account.openOffers).toThrow('expected own offers to be asked for within the turn at height 1000');
    expect(() => view.account.offersOutside(1, 9)).toThrow(StrategyError);
    let kept: MarketView | null = null;
    turn(
      (seen) => {
        kept = seen;
        return [];
      },
      { market },
    );
    expect(() => (kept as MarketView | null)?.offers).toThrow(StrategyError);
  });

  it('behavior: the result can be cloned to another thread', () => {
    const result = turn(buyAll, { market: sceneMarket({ offers: [{ id: 1, amount: 5, price: 9 }] }) });
    expect(structuredClone(result)).toEqual(result);
  });

  it('behavior: sums up market and accounts', () => {
    const market = sceneMarket({
      offers: [{ id: 1, amount: 5, price: 9 }],
      prosumers: new Map<Principal, null>([[accountOf(1), null]]),
    });
    const { summary } = turn(() => [], {
      market,
      accounts: [sceneAccount(0, { targetWh: wh(5) }), sceneAccount(1)],
      request: { targets: [{ account: accountOf(1), targetWh: wh(8) }] },
    });
    expect(summary).toMatchObject({
      sequence: 7,
      energyPrice: 100,
      grid: { import: 100, feedIn: 40 },
      openOffers: 1,
      bestOffers: [{ tradeId: 1, cost: 45 }],
      accounts: [
        { account: accountOf(0), registered: true, energy: 10_000, funds: 10_000_000, targetWh: 5 },
        { account: accountOf(1), registered: false, energy: 0, targetWh: 8 },
      ],
    });
  });

  it('behavior: an account that is not registered is not asked', () => {
    const market = sceneMarket({ prosumers: new Map<Principal, null>([[accountOf(0), null]]) });
    expect(turn(() => [listOf(1, 90)], { market }).decisions).toEqual([]);
  });

  it('behavior: grid prices are those configured, else the energy price and 40 % of it', () => {
    const grid = { import: price(130), feedIn: price(20) };
    expect(viewOf({ request: { grid } }).grid).toEqual({ import: 130, feedIn: 20 });
    expect(viewOf({ market: sceneMarket({ energyPrice: 99 }) }).grid).toEqual({ import: 99, feedIn: 39 });
  });
});

describe('misbehaving strategies', () => {
  const strategies = new Map<string, Strategy<never>>([
    ['thrower', thrower],
    ['cheat', cheat],
    ['test', strategyOf(() => [listOf(10, 90)])],
  ]);

  it('behavior: are benched by name while the others trade on', () => {
    const accounts = ['thrower', 'test', 'thrower'].map((strategy, index) => sceneAccount(index, { strategy }));
    const { benched, allowed } = turn(() => [], { strategies, accounts });
    expect(benched).toMatchObject([
      { strategy: 'thrower', reason: 'threw RangeError: the sky is falling on two lines' },
    ]);
    expect([accountOf(0), accountOf(2)]).toContain(benched[0]?.account);
    expect(allowed.map(({ account }) => account)).toEqual([accountOf(1)]);
  });

  it('behavior: once benched they are not asked', () => {
    const accounts = [sceneAccount(0, { strategy: 'thrower' })];
    const engine = createTurnEngine(strategies, { run: 'r', seed: 1, accounts });
    const result = runTurn({ engine, market: sceneMarket(), benched: new Set(['thrower']) }, turnRequest());
    expect(result.benched).toEqual([]);
  });

  it('behavior: a cheat gets nothing that is not its own', () => {
    const accounts = [sceneAccount(0, { strategy: 'cheat' })];
    const market = sceneMarket({ offers: [{ id: 1, amount: 100, price: 90, seller: neighbour }] });
    const openIntents = [openIntent(accountOf(3), buyOf(1, 100, 90), 9_000)];
    const { decisions } = turn(() => [], { strategies, accounts, market, request: { openIntents } });
    expect(codesOf(decisions)).toEqual(['OFFER_TAKEN', 'OFFER_TAKEN', 'INSUFFICIENT_ENERGY']);
  });

  it('behavior: the watchdog hears who runs', () => {
    const heard: number[] = [];
    const engine = createTurnEngine(strategies, {
      run: 'r',
      seed: 1,
      accounts: [sceneAccount(0, { strategy: 'test' })],
    });
    runTurn({ engine, market: sceneMarket(), onStrategy: (index) => heard.push(index) }, turnRequest());
    expect(heard).toEqual([2, -1]);
  });
});

describe('createTurnEngine', () => {
  const strategies = new Map([['test', strategyOf(() => [])]]);
  const create = (...accounts: TradingAccount[]): unknown =>
    createTurnEngine(strategies, { run: 'r', seed: 1, accounts });

  it('error: an account twice', () => {
    expect(() => create(sceneAccount(0), sceneAccount(0))).toThrow(ConfigError);
  });

  it('error: a strategy that is not loaded', () => {
    expect(() => create(sceneAccount(0, { strategy: 'missing' }))).toThrow('was "missing"');
  });

  it('error: parameters and limits out of range', () => {
    expect(() => create(sceneAccount(0, { parameters: { x: 1 } }))).toThrow(ConfigError);
    expect(() => create(sceneAccount(0, { limits: { openOffers: 101 } }))).toThrow(
      'expected the limit openOffers to be an integer from 0 to 100, was 101',
    );
    expect(() => create(sceneAccount(0, { limits: { openOfers: 1 } as object }))).toThrow('was "openOfers"');
  });
});
