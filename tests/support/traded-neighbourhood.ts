import type { GridEvent } from '../../src/contract/index.ts';
import { type Height, height, microStx, type Principal, seededRandom, type TradeId, wh } from '../../src/core/index.ts';
import { packIntents } from '../../src/execution/pack.ts';
import { isMetered, type MarketState } from '../../src/market/index.ts';
import {
  createTurnEngine,
  type HistoryView,
  OfferIndex,
  type PlannedIntent,
  RecentPast,
  runTurn,
  type Strategy,
  type TradingAccount,
  type TurnMarket,
} from '../../src/trading/index.ts';
import bargainBuyer from '../../strategies/bargain-buyer/index.ts';
import marketMaker from '../../strategies/market-maker/index.ts';
import surplusSeller from '../../strategies/surplus-seller/index.ts';
import { createModelMarket, type ModelMarket } from './model-market.ts';
import { playNeighbourhood } from './played-neighbourhood.ts';
import { homes } from './recorded-market.ts';
import { testPrincipal } from './test-principal.ts';

const [surplus, need, maker] = [testPrincipal(520), testPrincipal(521), testPrincipal(900)];

export const demoStrategies: ReadonlyMap<string, Strategy<never>> = new Map(
  [marketMaker, bargainBuyer, surplusSeller].map((strategy) => [strategy.name, strategy as never]),
);

/** The accounts of the demo, each its own operator. */
export const demoAccounts: readonly (TradingAccount & { readonly name: string })[] = [
  { name: 'seller', principal: surplus, operators: [surplus], strategy: 'surplus-seller' },
  { name: 'buyer', principal: need, operators: [need], strategy: 'bargain-buyer', targetWh: wh(14_000) },
  { name: 'maker', principal: maker, operators: [maker], strategy: 'market-maker' },
];

const WIDE = { spent: microStx(0), fees: microStx(0) };
const BLOCK_MS = 5_000;
/** Of the set-up; a backtest counts its turns from there. */
const FIRST_HEIGHT = 10;

/**
 * Events of the demo's neighbours over so many blocks, while turns are really taken for some accounts: neighbours see what
 * those do, and answer. A turn's batches execute in the next block, before or after everybody else.
 */
export function tradeAmongNeighbours(
  accounts: readonly TradingAccount[],
  { blocks, seed }: { readonly blocks: number; readonly seed: number },
): readonly GridEvent[] {
  const market = createModelMarket();
  for (const who of [...homes, surplus, need, maker]) {
    market.act(who, { kind: 'registerProsumer' });
    market.act(who, { kind: 'addFunds', amount: 500_000_000n });
  }
  const neighbourhood = playNeighbourhood(market, { homes, surplus, need }, seed);
  const engine = createTurnEngine(demoStrategies, { run: 'live', seed, accounts });
  const random = seededRandom(seed);
  const past = new Past(market);
  let planned: readonly PlannedIntent[] = [];
  for (let at = FIRST_HEIGHT + 1; at <= FIRST_HEIGHT + blocks; at += 1) {
    const isFirst = random.integer(0, 1) === 0;
    if (isFirst) send(market, planned, at);
    neighbourhood.act(at);
    if (!isFirst) send(market, planned, at);
    past.note(at);
    const nowMs = at * BLOCK_MS;
    planned = runTurn(
      { engine, market: past.turnMarket() },
      {
        turn: at - FIRST_HEIGHT,
        height: height(at),
        nowMs,
        lastPoll: { atMs: nowMs, height: height(at) },
        haltState: 'active',
        openIntents: [],
        dayTotals: accounts.map(({ principal }) => ({ account: principal, ...WIDE })),
        lanes: accounts.map(({ principal }) => ({
          operator: principal,
          unconfirmed: 0,
          entriesLeft: 2_000,
          balance: microStx(1_000_000_000),
        })),
        feePerEntry: microStx(334),
        grid: {},
        targets: [],
      },
    ).allowed;
  }
  return market.events;
}

/** Makes the batches of a turn; a batch that is refused as a whole changes nothing. */
function send(market: ModelMarket, planned: readonly PlannedIntent[], at: number): void {
  for (const operator of new Set(planned.map((intent) => intent.operator))) {
    const mine = planned.filter((intent) => intent.operator === operator);
    for (const { call } of packIntents(mine, { validUntil: height(at + 9), maxEntries: 100 })) {
      if (market.ask(operator, call, { height: at }).ok) market.act(operator, call, { height: at });
    }
  }
}

/** What turns see besides the state. */
class Past {
  readonly #market: ModelMarket;
  readonly #listedAt = new Map<TradeId, Height>();
  readonly #trades: HistoryView['trades'][number][] = [];
  readonly #energyPrices: HistoryView['energyPrices'][number][] = [];
  #noted = 0;

  constructor(market: ModelMarket) {
    this.#market = market;
    this.#energyPrices.push({ height: height(FIRST_HEIGHT), price: market.state.energyPrice });
  }

  note(at: number): void {
    const { events } = this.#market;
    for (const event of events.slice(this.#noted)) {
      if (event.topic === 'trade-listed') this.#listedAt.set(event.tradeId, height(at));
      if (event.topic === 'energy-price-set') this.#energyPrices.push({ height: height(at), price: event.price });
      if (event.topic !== 'trade-bought') continue;
      const { tradeId, price, amount } = event;
      this.#trades.push({ height: height(at), tradeId, price, amount });
    }
    this.#noted = events.length;
  }

  turnMarket(): TurnMarket {
    const { state }: { readonly state: MarketState } = this.#market;
    const metered = (account: Principal): boolean => isMetered(state, account);
    return {
      sequence: state.sequence,
      energyPrice: state.energyPrice,
      metersRequired: state.metersRequired,
      offers: new OfferIndex({ ...state, isMetered: metered }),
      history: new RecentPast({ trades: this.#trades, energyPrices: this.#energyPrices }).view(),
      listedAt: (offer) => this.#listedAt.get(offer) ?? null,
      prosumer: (account) => state.prosumers.get(account) ?? null,
      isMetered: metered,
      delegation: () => null,
    };
  }
}
