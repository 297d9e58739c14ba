import { describe, expect, it } from 'vitest';
import { ConfigError, height, microStx, type Principal, price, wh } from '../../../../src/core/index.ts';
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
} from '../../../../src/trading/index.ts';
import bargainBuyer from '../../../../strategies/bargain-buyer/index.ts';
import cheat from '../../../support/strategies/cheat.ts';
import thrower from '../../../support/strategies/thrower.ts';
import {
  accountOf,
  botOperator,
  buyOf,
  cancelOf,
  listOf,
  neighbour,
  openIntent,
  sceneAccount,
  sceneMarket,
  turnRequest,
  wideDelegation,
} from '../../../support/turn-scene.ts';

type Decide = (view: MarketView) => readonly Intent[];

const strategyOf = (decide: Decide): Strategy<never> => ({
  apiVersion: 1,
  name: 'test',
  description: 'A test.',
  parameters: {},
  decide,
});

interface Scene {
  readonly accounts?: readonly TradingAccount[];
  readonly market?: TurnMarket;
  readonly request?: Partial<TurnRequest>;
  readonly settings?: Partial<EngineSettings>;
  readonly strategies?: ReadonlyMap<string, Strategy<never>>;
}

function turn(decide: Decide, scene: Scene = {}): TurnResult {
  const { accounts = [sceneAccount(0)], market = sceneMarket(), request, settings } = scene;
  const strategies = scene.strategies ?? new Map([['test', strategyOf(decide)]]);
  const engine = createTurnEngine(strategies, { run: 'run', seed: 1, accounts, ...settings });
  return runTurn({ engine, market }, turnRequest(request));
}

/** What the strategy of account 0 sees. */
function viewOf(scene: Scene = {}): MarketView {
  let seen: MarketView | null = null;
  turn((view) => {
    if (view.account.principal === accountOf(0)) seen = view;
    return [];
  }, scene);
  if (seen === null) throw new Error('expected account 0 to be asked');
  return seen;
}

const idsOf = (view: MarketView): number[] => view.offers.map(({ tradeId }) => tradeId);
const codesOf = (decisions: readonly Decision[]): string[] =>
  decisions.map(({ verdict }) => (verdict.kind === 'deny' ? verdict.code : 'allow'));
const buyAll: Decide = (view) =>
  view.offers.map(({ tradeId, amount, price: unitPrice }) => buyOf(tradeId, amount, unitPrice));

const isDeepFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen));

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
    const account = sceneAccount(0, { operator: botOperator });
    const view = viewOf({ market, accounts: [account] });
    expect(view.offers).toHaveLength(1);
    expect(view.account.openOffers).toHaveLength(1);
    expect(isDeepFrozen(view)).toBe(true);
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

describe('the view', () => {
  it('behavior: offers stand cheapest first, then oldest', () => {
    const offers = [
      { id: 3, amount: 1, price: 70 },
      { id: 1, amount: 1, price: 80 },
      { id: 2, amount: 1, price: 70 },
    ];
    expect(idsOf(viewOf({ market: sceneMarket({ offers }) }))).toEqual([2, 3, 1]);
  });

  it('behavior: expired offers are out, those that live through the next block are in', () => {
    const offers = [
      { id: 1, amount: 1, price: 70, openUntil: 1_000 },
      { id: 2, amount: 1, price: 70, openUntil: 1_001 },
    ];
    expect(idsOf(viewOf({ market: sceneMarket({ offers }) }))).toEqual([2]);
  });

  it('behavior: claims of unconfirmed intents of any account are out', () => {
    const offers = [
      { id: 1, amount: 1, price: 70 },
      { id: 2, amount: 1, price: 70 },
    ];
    const openIntents = [openIntent(accountOf(5), buyOf(1, 1, 70), 70)];
    expect(idsOf(viewOf({ market: sceneMarket({ offers }), request: { openIntents } }))).toEqual([2]);
  });

  it('behavior: offers of our own accounts are out unless they may trade among themselves', () => {
    const accounts = [sceneAccount(0), sceneAccount(1)];
    const offers = [
      { id: 1, amount: 1, price: 70, seller: accountOf(0) },
      { id: 2, amount: 1, price: 70, seller: accountOf(1) },
      { id: 3, amount: 1, price: 70 },
    ];
    const market = sceneMarket({ offers });
    expect(idsOf(viewOf({ market, accounts }))).toEqual([3]);
    expect(idsOf(viewOf({ market, accounts, settings: { allowOwnTrades: true } }))).toEqual([2, 3]);
  });

  it('behavior: where meters are required, or the account asks for them, unmetered offers are out', () => {
    const metered = accountOf(50);
    const offers = [
      { id: 1, amount: 1, price: 70 },
      { id: 2, amount: 1, price: 70, seller: metered },
    ];
    expect(idsOf(viewOf({ market: sceneMarket({ offers, metered: [metered] }) }))).toEqual([1, 2]);
    expect(idsOf(viewOf({ market: sceneMarket({ offers, metered: [metered], metersRequired: true }) }))).toEqual([2]);
    const accounts = [sceneAccount(0, { limits: { attestedSellersOnly: true } })];
    expect(idsOf(viewOf({ market: sceneMarket({ offers, metered: [metered] }), accounts }))).toEqual([2]);
  });

  it('behavior: the account counts what is unconfirmed', () => {
    const openIntents = [
      openIntent(accountOf(0), buyOf(1, 100, 50), 5_000),
      openIntent(accountOf(0), listOf(300, 90)),
      openIntent(accountOf(0), cancelOf(2, 40)),
      openIntent(accountOf(9), listOf(9_999, 90)),
    ];
    const accounts = [sceneAccount(0, { limits: { fundsReserve: microStx(1_000) } })];
    expect(viewOf({ accounts, request: { openIntents } }).account).toMatchObject({
      energy: 10_000,
      freeEnergy: 9_700,
      funds: 10_000_000,
      freeFunds: 9_994_000,
      pending: { buyWh: 100, buyCost: 5_000, listWh: 300, lists: 1, cancelWh: 40 },
    });
  });

  it('behavior: own offers tell their age, whether they expired and whether a cancel can work or is under way', () => {
    const accounts = [sceneAccount(0, { operator: botOperator })];
    const own = { amount: 1, price: 70, seller: accountOf(0) };
    const offers = [
      { id: 1, ...own, lister: botOperator, openUntil: 1_050 },
      { id: 2, ...own, lister: accountOf(0), openUntil: 1_050 },
      { id: 3, ...own, lister: accountOf(0), openUntil: 1_000 },
    ];
    const openIntents = [openIntent(accountOf(0), cancelOf(1, 1))];
    const { openOffers } = viewOf({ accounts, market: sceneMarket({ offers }), request: { openIntents } }).account;
    expect(openOffers).toMatchObject([
      { tradeId: 1, age: 10, listedAt: 990, expired: false, cancellable: true, cancelling: true },
      { tradeId: 2, expired: false, cancellable: false, cancelling: false },
      { tradeId: 3, expired: true, cancellable: true, cancelling: false },
    ]);
  });

  it('behavior: a delegation shows what is left of it; the own account has none', () => {
    const accounts = [sceneAccount(0, { operator: botOperator })];
    const market = (changes = {}): TurnMarket =>
      sceneMarket({ delegations: new Map([[accountOf(0), wideDelegation({ spendLeft: microStx(900), ...changes })]]) });
    const openIntents = [openIntent(accountOf(0), buyOf(1, 1, 70), 200)];
    const request = { openIntents };
    expect(viewOf().account.delegation).toBeNull();
    expect(viewOf({ accounts }).account.delegation).toMatchObject({ live: false, grantId: null, spendLeft: 0 });
    expect(viewOf({ accounts, market: market(), request }).account.delegation).toMatchObject({
      live: true,
      spendLeft: 700,
      maxBuyPrice: 1_000,
    });
    const expired = market({ expiresAt: height(1_000) });
    expect(viewOf({ accounts, market: expired }).account.delegation).toMatchObject({ live: false, spendLeft: 0 });
  });

  it('behavior: limits are the tightest of risk, funds, delegation, fee budget and lane', () => {
    const accounts = [
      sceneAccount(0, { operator: botOperator, limits: { priceBandPercent: 50, spendPerTurn: microStx(8_000) } }),
    ];
    const delegation = wideDelegation({ energyLeft: wh(600), maxBuyPrice: price(120), minSellPrice: price(60) });
    const market = sceneMarket({ delegations: new Map([[accountOf(0), delegation]]) });
    const lanes = [{ operator: botOperator, entriesLeft: 9, balance: microStx(100_350) }];
    const dayTotals = [{ account: accountOf(0), spent: microStx(49_995_000), fees: microStx(0) }];
    expect(viewOf({ accounts, market, request: { lanes, dayTotals } }).limits).toEqual({
      spendLeft: 5_000,
      energyLeft: 50_000,
      listLeft: 600,
      offersLeft: 20,
      intentsLeft: 3,
      highestBuyPrice: 120,
      lowestListPrice: 60,
      highestListPrice: 150,
    });
  });

  it('behavior: whatever stays within the limits of the view is allowed', () => {
    const offers = [{ id: 1, amount: 100, price: 90 }];
    const greedy: Decide = ({ limits, offers: [offer], height: tip }) => {
      expect(offer?.cost).toBeLessThanOrEqual(limits.spendLeft);
      return [
        ...Array.from({ length: Math.min(limits.offersLeft, limits.intentsLeft) - 1 }, () =>
          listOf(Math.floor(limits.listLeft / 30), limits.lowestListPrice, tip + 2),
        ),
        buyOf(1, 100, 90),
      ];
    };
    const { decisions } = turn(greedy, { market: sceneMarket({ offers }) });
    expect(decisions).toHaveLength(20);
    expect(new Set(codesOf(decisions))).toEqual(new Set(['allow']));
  });
});

describe('allocation', () => {
  it('behavior: fifty accounts and one cheap offer make one claim', () => {
    const accounts = Array.from({ length: 50 }, (_, index) =>
      sceneAccount(index, { strategy: 'bargain-buyer', targetWh: wh(50_000) }),
    );
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    const engine = createTurnEngine(new Map([['bargain-buyer', bargainBuyer]]), { run: 'r', seed: 1, accounts });
    const { allowed, decisions } = runTurn({ engine, market }, turnRequest());
    expect(allowed).toHaveLength(1);
    expect(decisions).toHaveLength(1);
    expect(allowed[0]?.intent).toMatchObject({ kind: 'buy', tradeId: 1 });
  });

  it('behavior: who gets it changes fairly from turn to turn', () => {
    const accounts = Array.from({ length: 10 }, (_, index) => sceneAccount(index));
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    const winners = Array.from({ length: 10 }, (_, index) =>
      turn(buyAll, { accounts, market, request: { turn: index } }),
    ).map(({ allowed }) => allowed[0]?.account);
    expect(new Set(winners).size).toBe(10);
  });

  it('behavior: a rival that names the offer all the same is denied', () => {
    const accounts = [sceneAccount(0), sceneAccount(1)];
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    const { decisions } = turn(() => [buyOf(1, 1_000, 50)], { accounts, market });
    expect(codesOf(decisions)).toEqual(['allow', 'OFFER_TAKEN']);
  });

  it('behavior: an offer that risk refused to one account is left to the next', () => {
    const accounts = [0, 1].map((index) =>
      sceneAccount(index, { limits: { spendPerTurn: microStx(index === 0 ? 1 : 100_000) } }),
    );
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    for (const at of [0, 1]) {
      const { allowed } = turn(buyAll, { accounts, market, request: { turn: at } });
      expect(allowed.map(({ account }) => account)).toEqual([accountOf(1)]);
    }
  });

  it('behavior: accounts of one operator share its lane', () => {
    const accounts = Array.from({ length: 4 }, (_, index) => sceneAccount(index, { operator: botOperator }));
    const delegations = new Map(accounts.map(({ principal }) => [principal, wideDelegation()]));
    const lanes = [{ operator: botOperator, entriesLeft: 3, balance: microStx(1_000_000) }];
    const { decisions } = turn(() => [listOf(10, 90)], {
      accounts,
      market: sceneMarket({ delegations }),
      request: { lanes },
    });
    expect(codesOf(decisions)).toEqual(['allow', 'allow', 'allow', 'LANE_CAPACITY']);
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
