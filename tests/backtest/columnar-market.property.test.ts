import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountIndex } from '../../backtest/data/accounts.ts';
import { columnsOf } from '../../backtest/data/columns-builder.ts';
import { evolveRows } from '../../backtest/market/columnar-evolve.ts';
import { ColumnarMarket, columnarMarket } from '../../backtest/market/columnar-market.ts';
import { executeCall } from '../../backtest/market/execute-call.ts';
import { plainMarket } from '../../backtest/market/plain-market.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { height } from '../../src/core/index.ts';
import { decide, emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { cast } from '../model/cast.ts';
import type { Act, Move } from '../model/move.ts';
import { moves } from '../model/moves/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';

const start = height(10);

/** Everyone on stage has energy, funds and a delegation, so that most moves can be made. */
const opening: readonly Act[] = cast.prosumers.flatMap((caller): Act[] => [
  { caller, call: { kind: 'registerProsumer' } },
  { caller, call: { kind: 'addEnergy', amount: 1_000n } },
  { caller, call: { kind: 'addFunds', amount: 100_000n } },
  {
    caller,
    call: {
      kind: 'delegateTrading',
      operator: cast.operators[0],
      spendLimit: 30_000n,
      energyLimit: 400n,
      maxBuyPrice: 180n,
      minSellPrice: 20n,
      expiresAt: 300n,
    },
  },
  { caller, call: { kind: 'tradeEnergy', amount: 40n, price: 40n } },
]);

interface Drawn {
  readonly move: Move;
  readonly dice: unknown;
}
const drawn: fc.Arbitrary<Drawn> = fc.oneof(
  ...moves.map((move) => ({ weight: move.weight ?? 1, arbitrary: move.dice.map((dice) => ({ move, dice })) })),
);

/** A history played on the plain market and its columnar twin side by side, every answer compared. */
class Play {
  state: MarketState = emptyMarket({ owner: cast.owner });
  readonly twin = new ColumnarMarket({ owner: cast.owner, accounts: new AccountIndex() });
  readonly events: GridEvent[] = [];
  readonly answers = new Map<string, number>();
  height = start;

  /** What a move may spend is never what lacks here: the market does not hold it. */
  readonly balanceOf = (): bigint => 2n ** 60n;

  act(act: Act): void {
    if ('call' in act) {
      const context = { caller: act.caller, height: this.height };
      const expected = decide(this.state, act.call, context);
      expect(executeCall(this.twin, act.call, context)).toEqual(expected);
      const events = expected.ok ? expected.events : [];
      for (const event of events) this.state = evolve(this.state, event);
      this.events.push(...events);
      const answer = `${act.call.kind}: ${expected.ok ? 'ok' : expected.error}`;
      this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    }
    this.height = height(this.height + ('wait' in act ? act.wait : 1));
  }
}

const plain = (state: MarketState) => ({
  ...state,
  prosumers: Object.fromEntries(state.prosumers),
  trades: Object.fromEntries(state.trades),
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
        fc.property(fc.array(drawn, { maxLength: 80, size: 'max' }), fc.nat(), (history, cutDie) => {
          const play = new Play();
          for (const act of opening) play.act(act);
          for (const { move, dice } of history) for (const act of move.bind(play, dice) ?? []) play.act(act);
          expect(plain(plainMarket(play.twin))).toEqual(plain(play.state));

          const { events } = play;
          const folded = new ColumnarMarket({ owner: cast.owner, accounts: new AccountIndex() });
          const columns = columnsOf(events, folded.accounts);
          const cut = cutDie % (events.length + 1);
          evolveRows(folded, columns, 0, cut);
          const kept = events.slice(0, cut).reduce(evolve, emptyMarket({ owner: cast.owner }));
          expect(plain(plainMarket(folded))).toEqual(plain(kept));
          evolveRows(folded, columns, cut, columns.length);
          expect(plain(plainMarket(folded))).toEqual(plain(play.state));

          const begun = columnarMarket(kept, new AccountIndex());
          evolveRows(begun, columnsOf(events, begun.accounts), cut, events.length);
          expect(plain(plainMarket(begun))).toEqual(plain(play.state));
          for (const [answer, count] of play.answers) answers.set(answer, (answers.get(answer) ?? 0) + count);
        }),
        parameters as never,
      );
      const calls = [...answers.values()].reduce((sum, count) => sum + count, 0);
      const kinds = new Set([...answers.keys()].filter((answer) => answer.endsWith(': ok')));
      const errors = new Set([...answers.keys()].map((answer) => answer.split(': ')[1]));
      console.log(`columnar market: ${calls} calls, ${answers.size} different answers`);
      expect(kinds.size, 'every function succeeded').toBe(20);
      expect(errors.size, 'most errors occurred').toBeGreaterThan(15);
    },
    FUZZ_TIMEOUT,
  );

  it('error: a gap, a second registration, a trade that is not open, an account that is not there', () => {
    const events = (): GridEvent[] => {
      const play = new Play();
      for (const act of opening) play.act(act);
      return play.events;
    };
    const fold = (change: (events: GridEvent[]) => void): (() => void) => {
      const changed = events();
      change(changed);
      const market = new ColumnarMarket({ owner: cast.owner, accounts: new AccountIndex() });
      const columns = columnsOf(
        changed.map((event, index) => ({ ...event, sequence: index + 1, height: start }) as GridEvent),
        market.accounts,
      );
      return () => evolveRows(market, columns, 0, columns.length);
    };
    expect(fold(() => {})).not.toThrow();
    expect(fold((list) => list.push(list[0] as GridEvent))).toThrow('to register once, was registered before');
    expect(fold((list) => list.shift())).toThrow('to be registered, was unknown');
    expect(fold((list) => list.push(list[4] as GridEvent))).toThrow('expected trade 4 to be listed next, was 1');
    const market = new ColumnarMarket({ owner: cast.owner, accounts: new AccountIndex() });
    const columns = columnsOf(events(), market.accounts);
    expect(() => evolveRows(market, columns, 1, 2)).toThrow('expected event 1, was event 2');
  });
});
