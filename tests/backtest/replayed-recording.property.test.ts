import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountIndex } from '../../backtest/data/accounts.ts';
import { columnsOf, columnsSlice } from '../../backtest/data/columns-builder.ts';
import { readRow } from '../../backtest/data/event-rows.ts';
import { blocksOf } from '../../backtest/driver/blocks.ts';
import { completeOpening } from '../../backtest/market/complete-opening.ts';
import { fillModels } from '../../backtest/venue/fill-model.ts';
import { Venue } from '../../backtest/venue/venue.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { seededRandom } from '../../src/core/index.ts';
import { emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { cast } from '../model/cast.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { drawnHistory, PlayedHistory } from '../support/random-history.ts';

/** Plays events after an opening at a venue where nobody of ours trades; what it did, and what it could not do. */
function replay(opening: MarketState, events: readonly GridEvent[], cutDie: number) {
  const accounts = new AccountIndex();
  const columns = columnsOf(events, accounts);
  const cut = cutDie % (events.length + 1);
  const parts = [columnsSlice(columns, 0, cut), columnsSlice(columns, cut, columns.length)];
  const happened: GridEvent[] = [];
  const displaced: string[] = [];
  const venue = new Venue({
    opening: completeOpening(opening, parts),
    accounts,
    fills: fillModels[0] as never,
    random: seededRandom(1),
    ours: [],
    latencyBlocks: 1,
    listener: {
      applied: ({ next }) => void happened.push(readRow(next, 0)),
      answered: () => {},
      displaced: (kind, code) => void displaced.push(`${kind}: ${code}`),
      diverted: () => {},
    },
  });
  for (const { height, rows } of blocksOf(parts)) venue.executeBlock(rows, height, []);
  return { happened, displaced };
}

/** What a client knows that came in the middle: open offers, and whom it asked for. */
function partial(state: MarketState, known: readonly string[]): MarketState {
  return {
    ...state,
    complete: false,
    prosumers: state.prosumers.filter((_, name) => known.includes(name)),
    trades: state.trades.filter(({ status }) => status === 'open'),
    delegations: state.delegations.filter((_, key) => known.includes(key.split(' ')[0] ?? '')),
  };
}

describe('a recording played at a venue without trading of ours', () => {
  it(
    'property: happens as it was recorded, from the first event',
    () => {
      fc.assert(
        fc.property(drawnHistory({ maxMoves: 60 }), fc.nat(), (history, cutDie) => {
          const { events } = new PlayedHistory({ start: 10 }).play(history);
          const { happened, displaced } = replay(emptyMarket({ owner: cast.owner }), events, cutDie);
          expect(displaced).toEqual([]);
          expect(happened).toEqual(events);
        }),
        fuzzParameters('replayed recording', { runs: 100, seconds: 25 }) as never,
      );
    },
    FUZZ_TIMEOUT,
  );

  it(
    'property: happens as it was recorded, from the middle, whoever was known there',
    () => {
      fc.assert(
        fc.property(
          drawnHistory({ maxMoves: 60 }),
          fc.nat(),
          fc.subarray([...cast.everyone]),
          (history, die, known) => {
            const { events } = new PlayedHistory({ start: 10 }).play(history);
            const begin = die % events.length;
            const before = events.slice(0, begin).reduce(evolve, emptyMarket({ owner: cast.owner }));
            const { happened, displaced } = replay(partial(before, known), events.slice(begin), die);
            expect(displaced).toEqual([]);
            // A new grant's number is the contract's only where all grants are known.
            expect(happened.map(withoutGrants)).toEqual(events.slice(begin).map(withoutGrants));
          },
        ),
        fuzzParameters('replayed from the middle', { runs: 100, seconds: 25 }) as never,
      );
    },
    FUZZ_TIMEOUT,
  );
});

function withoutGrants(event: GridEvent): object {
  const { grant, grantId, ...rest } = event as GridEvent & { grant?: { id: number } | null; grantId?: number };
  return { ...rest, granted: grant !== undefined && grant !== null, ...(grantId === undefined ? {} : { named: true }) };
}
