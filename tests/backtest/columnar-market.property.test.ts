import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountIndex } from '../../backtest/data/accounts.ts';
import { columnsOf } from '../../backtest/data/columns-builder.ts';
import { evolveRows } from '../../backtest/market/columnar-evolve.ts';
import { ColumnarMarket, columnarMarket } from '../../backtest/market/columnar-market.ts';
import { executeCall } from '../../backtest/market/execute-call.ts';
import { plainMarket } from '../../backtest/market/plain-market.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { cast } from '../model/cast.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { drawnHistory, PlayedHistory } from '../support/random-history.ts';

const START = 10;
const newMarket = (): ColumnarMarket => new ColumnarMarket({ owner: cast.owner, accounts: new AccountIndex() });

/** What the contract prints where the seller of a trade takes it back. */
function cancelled(trade: number): GridEvent {
  const listed = new PlayedHistory({ start: START }).events.find(({ topic }) => topic === 'trade-listed');
  if (listed?.topic !== 'trade-listed') throw new Error('expected a listing in the opening, was none');
  const { sequence, height, seller, operator, amount, energyBalance } = listed;
  const tradeId = trade as typeof listed.tradeId;
  return { topic: 'trade-cancelled', sequence, height, tradeId, seller, operator, amount, energyBalance, grant: null };
}

/** A state to compare, without closed trades: the columns keep open offers alone. */
const plain = (state: MarketState) => ({
  ...state,
  prosumers: Object.fromEntries(state.prosumers),
  trades: Object.fromEntries(state.trades.filter(({ status }) => status === 'open')),
  delegations: Object.fromEntries(state.delegations),
  meteredStrangers: [...state.meteredStrangers],
});

describe('the columnar market', () => {
  it(
    'property: answers every call as the plain one does, and folds to the same state',
    () => {
      const answers = new Map<string, number>();
      const parameters = fuzzParameters('columnar market', { runs: 150, seconds: 40 });
      fc.assert(
        fc.property(drawnHistory({ maxMoves: 80 }), fc.nat(), (history, cutDie) => {
          const twin = newMarket();
          const played = new PlayedHistory({
            start: START,
            onCall: (call, context, decision) => {
              expect(executeCall(twin, call, context)).toEqual(decision);
              const answer = `${call.kind}: ${decision.ok ? 'ok' : decision.error}`;
              answers.set(answer, (answers.get(answer) ?? 0) + 1);
            },
          }).play(history);
          const { events, state } = played;
          expect(plain(plainMarket(twin))).toEqual(plain(state));

          const folded = newMarket();
          const columns = columnsOf(events, folded.accounts);
          const cut = cutDie % (events.length + 1);
          evolveRows(folded, columns, 0, cut);
          const kept = events.slice(0, cut).reduce(evolve, emptyMarket({ owner: cast.owner }));
          expect(plain(plainMarket(folded))).toEqual(plain(kept));
          evolveRows(folded, columns, cut, columns.length);
          expect(plain(plainMarket(folded))).toEqual(plain(state));

          const begun = columnarMarket(kept, new AccountIndex());
          evolveRows(begun, columnsOf(events, begun.accounts), cut, events.length);
          expect(plain(plainMarket(begun))).toEqual(plain(state));
        }),
        parameters as never,
      );
      const calls = [...answers.values()].reduce((sum, count) => sum + count, 0);
      console.log(`columnar market: ${calls} calls, ${answers.size} different answers`);
      const functions = [...answers.keys()].filter((answer) => answer.endsWith(': ok'));
      const errors = new Set([...answers.keys()].map((answer) => answer.split(': ')[1]));
      expect(functions.length, 'every function succeeded').toBe(20);
      expect(errors.size, 'most errors occurred').toBeGreaterThan(15);
    },
    FUZZ_TIMEOUT,
  );

  it('error: a gap, a second registration, a trade out of turn, an account that is not there', () => {
    const fold = (change: (events: GridEvent[]) => void): (() => void) => {
      const changed = [...new PlayedHistory({ start: START }).events];
      change(changed);
      const market = newMarket();
      const columns = columnsOf(
        changed.map((event, index) => ({ ...event, sequence: index + 1 }) as GridEvent),
        market.accounts,
      );
      return () => evolveRows(market, columns, 0, columns.length);
    };
    expect(fold(() => {})).not.toThrow();
    expect(fold((list) => list.push(list[0] as GridEvent))).toThrow('to register once, was registered before');
    expect(fold((list) => list.shift())).toThrow('to be registered, was unknown');
    expect(fold((list) => list.push(list[4] as GridEvent))).toThrow('expected trade 4 to be listed next, was 1');
    expect(fold((list) => list.push(cancelled(1), cancelled(1)))).toThrow('expected trade 1 to be open, was closed');
    expect(fold((list) => list.push(cancelled(9)))).toThrow('expected trade 9 to be open, was unknown');
    const market = newMarket();
    const columns = columnsOf(new PlayedHistory({ start: START }).events, market.accounts);
    expect(() => evolveRows(market, columns, 1, 2)).toThrow('expected event 1, was event 2');
  });
});
