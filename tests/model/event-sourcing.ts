import { expect } from 'vitest';
import { reads } from '../../src/contract/index.ts';
import { grantId } from '../../src/core/index.ts';
import { emptyMarket, evolve, type MarketState, marketFromSnapshot } from '../../src/market/index.ts';
import { cast } from './cast.ts';
import { everyPair, parts } from './compare.ts';
import type { Stage } from './stage.ts';

/** What a client read from the contract in the middle of a history. */
export type Snapshot = MarketState;

/** Starts a client as a follower does: from what the contract tells, without any event. */
export function takeSnapshot({ grid, state }: Stage): Snapshot {
  const summary = grid.read(reads.market());
  const open = grid.read(
    reads.openPages(Array.from({ length: 2 + Math.floor(summary.lastTradeId / 128) }, (_, p) => p)),
  );
  const offers = [...parts(open)].flatMap((ids) =>
    grid.read(reads.trades(ids)).map((trade, index) => ({ id: ids[index], trade })),
  );
  const prosumers = grid.read(reads.prosumers(cast.everyone));
  const delegations = [...parts(everyPair)].flatMap((pairs) =>
    grid.read(reads.delegations(pairs)).map((record, index) => ({ ...pairs[index], record })),
  );
  return marketFromSnapshot({
    owner: state.owner,
    indexBlockHash: '00',
    summary,
    offers: offers as never,
    prosumers: cast.everyone.flatMap((prosumer, index) => {
      const record = prosumers[index];
      return record ? [{ prosumer, record }] : [];
    }),
    delegations: delegations.filter(({ record }) => record !== null) as never,
  });
}

/**
 * Folds all events from the first, cut anywhere and resumed from what was kept, to the state that the reads were compared
 * with; and from a client's snapshot with the events after it, to the same records.
 */
export function checkFold(stage: Stage, snapshot: Snapshot | null, cutDie: number): void {
  const events = stage.played.flatMap((call) => call.events);
  const cut = cutDie % (events.length + 1);
  const kept = events.slice(0, cut).reduce(evolve, emptyMarket({ owner: stage.state.owner }));
  const resumed = events.slice(cut).reduce(evolve, kept);
  expect(plain(resumed), 'fold(events) = state').toEqual(plain(stage.state));
  expect(kept.sequence, 'what was kept stays as it was').toBe(cut);
  if (snapshot === null) return;
  const followed = events.slice(snapshot.sequence).reduce(evolve, snapshot);
  const { trades: _, lastGrantId, complete: __, ...told } = plain(followed);
  const { trades, lastGrantId: newest, complete: ___, ...all } = plain(stage.state);
  expect(told, 'a client that came later knows the same').toEqual({ ...all, meteredStrangers: told.meteredStrangers });
  expect(lastGrantId).toBeLessThanOrEqual(newest);
  for (const [id, trade] of followed.trades) expect(trade).toEqual(trades[id]);
  // An event cannot be folded twice, nor before its turn.
  for (const event of events.slice(0, 1)) expect(() => evolve(followed, event)).toThrow('expected event');
}

function plain(state: MarketState) {
  return {
    ...state,
    lastGrantId: grantId(state.lastGrantId),
    prosumers: Object.fromEntries(state.prosumers),
    trades: Object.fromEntries(state.trades),
    delegations: Object.fromEntries(state.delegations),
    meteredStrangers: [...state.meteredStrangers],
  };
}
