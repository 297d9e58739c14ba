import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountIndex } from '../../backtest/data/accounts.ts';
import { columnsOf } from '../../backtest/data/columns-builder.ts';
import { TradingMarket } from '../../backtest/driver/trading-market.ts';
import { ColumnarMarket } from '../../backtest/market/columnar-market.ts';
import { executeCall } from '../../backtest/market/execute-call.ts';
import { apply } from '../../backtest/market/rules.ts';
import { height, type Principal } from '../../src/core/index.ts';
import {
  delegationOf,
  emptyMarket,
  evolve,
  isMetered,
  type MarketState,
  openHistory,
  recordEvent,
} from '../../src/market/index.ts';
import { type Book, OfferIndex, RecentPast, type TurnMarket } from '../../src/trading/index.ts';
import { cast } from '../model/cast.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { drawnHistory, PlayedHistory } from '../support/random-history.ts';

const START = height(10);
const NOBODY: ReadonlySet<Principal> = new Set();

/** All that turns ask of a book. */
function shown(book: Book) {
  const all = book.all();
  const middle = all[Math.floor(all.length / 2)];
  return {
    all,
    length: book.length,
    each: all.map((_, place) => book.at(place)),
    upTo: [0, middle?.price ?? 50, Number.POSITIVE_INFINITY].flatMap((price) =>
      [middle?.amount ?? 5, Number.POSITIVE_INFINITY].map((amount) => book.upTo(price, amount)),
    ),
  };
}

/** All that turns ask of a market, for a transaction in the block after `at`. */
function answers(market: TurnMarket, at: number, ours: ReadonlySet<Principal>) {
  const { sequence, energyPrice, metersRequired, offers } = market;
  const next = height(at + 1);
  return {
    sequence,
    energyPrice,
    metersRequired,
    trades: market.history.trades,
    energyPrices: market.history.energyPrices,
    traded: [0, at - 3, at, at + 1].map((since) => market.history.traded(since)),
    others: shown(offers.buyable(next, ours)),
    all: shown(offers.buyable(next, NOBODY)),
    own: cast.everyone.map((name) => [...offers.of(name)].sort((a, b) => a.id - b.id)),
    prosumers: cast.everyone.map((name) => market.prosumer(name)),
    metered: cast.everyone.map((name) => market.isMetered(name)),
    delegations: cast.operators.map((whom) => cast.everyone.map((name) => market.delegation(name, whom))),
    offers: offers
      .buyable(next, NOBODY)
      .all()
      .map(({ tradeId }) => offers.offer(tradeId)),
  };
}

/** The market of a live turn. */
function plainTurnMarket(state: MarketState, history: TurnMarket['history']): TurnMarket {
  return {
    sequence: state.sequence,
    energyPrice: state.energyPrice,
    metersRequired: state.metersRequired,
    offers: new OfferIndex({ ...state, isMetered: (account) => isMetered(state, account) }),
    history,
    listedAt: () => null,
    prosumer: (account) => state.prosumers.get(account) ?? null,
    isMetered: (account) => isMetered(state, account),
    delegation: (prosumer, operator) => delegationOf(state, prosumer, operator) ?? null,
  };
}

describe('the market that turns of a backtest read', () => {
  it(
    'property: answers at the end of every block what a live one answers',
    () => {
      let blocks = 0;
      fc.assert(
        fc.property(drawnHistory({ maxMoves: 60 }), fc.subarray([...cast.everyone]), (history, chosen) => {
          const { events } = new PlayedHistory({ start: START }).play(history);
          const ours = new Set(chosen);
          const accounts = new AccountIndex();
          // Numbers everyone whom the events name.
          columnsOf(events, accounts);
          const market = new ColumnarMarket({ owner: cast.owner, accounts });
          const ourOffers: number[] = [];
          const trading = new TradingMarket(market, { height: START, ours, ourOffers });
          let state = emptyMarket({ owner: cast.owner });
          let past = openHistory(state, { height: START });
          new PlayedHistory({
            start: START,
            onCall: (call, context, decision) => {
              executeCall(market, call, context, (applied) => {
                apply(applied);
                trading.hear(applied);
              });
              for (const event of decision.ok ? decision.events : []) {
                state = evolve(state, event);
                past = recordEvent(past, { event, height: event.height });
              }
              const own = state.openOffers.filter(({ seller }) => ours.has(seller)).map(({ id }) => id);
              ourOffers.splice(0, ourOffers.length, ...own.sort((a, b) => a - b));
              blocks += 1;
              expect(answers(trading, context.height, ours)).toEqual(
                answers(plainTurnMarket(state, new RecentPast(past).view()), context.height, ours),
              );
            },
          }).play(history);
        }),
        fuzzParameters('market of backtest turns', { runs: 60, seconds: 25 }) as never,
      );
      expect(blocks).toBeGreaterThan(500);
    },
    FUZZ_TIMEOUT,
  );
});
