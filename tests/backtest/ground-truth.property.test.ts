import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRow } from '../../backtest/data/event-rows.ts';
import { runBacktest } from '../../backtest/driver/run-backtest.ts';
import type { LoggedCall } from '../../backtest/venue/call-log.ts';
import { fillModels } from '../../backtest/venue/fill-model.ts';
import { type GridEvent, reads } from '../../src/contract/index.ts';
import { microStx, wh } from '../../src/core/index.ts';
import { emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { cast } from '../model/cast.ts';
import { backtestOf } from '../support/backtest-scene.ts';
import { fuzzParameters } from '../support/fuzz.ts';
import { drawnHistory, PlayedHistory } from '../support/random-history.ts';
import { recordedMarket } from '../support/recorded-market.ts';
import { freshGrid, type Grid } from '../support/simnet.ts';
import randomTrader from '../support/strategies/random-trader.ts';
import { testPrincipal } from '../support/test-principal.ts';

/** What everyone has on the simnet. */
const WALLET = 100_000_000_000n;
const newcomer = testPrincipal(900);
const TIME_LIMIT_SECONDS = 60;

/** Makes the calls of a backtest on the contract, block by block, and answers its events. */
function makeAll(grid: Grid, calls: readonly LoggedCall[]): readonly GridEvent[] {
  const events: GridEvent[] = [];
  for (let from = 0; from < calls.length; ) {
    const at = (calls[from] as LoggedCall).height;
    let to = from;
    while (to < calls.length && calls[to]?.height === at) to += 1;
    grid.mineUntilNextHeightIs(at);
    for (const done of grid.mineBlock(calls.slice(from, to))) events.push(...done.events);
    from = to;
  }
  return events;
}

function compareReads(grid: Grid, state: MarketState, everyone: readonly (typeof newcomer)[]): void {
  const { prosumerCount: prosumers, ...known } = state;
  expect(grid.read(reads.market())).toMatchObject({
    sequence: known.sequence,
    lastTradeId: known.lastTradeId,
    energyPrice: known.energyPrice,
    gridBalance: known.gridBalance,
    totalFunds: known.totalFunds,
    metersRequired: known.metersRequired,
    prosumers,
  });
  expect(grid.read(reads.prosumers(everyone))).toEqual(everyone.map((name) => state.prosumers.get(name) ?? null));
  const ids = [...state.trades.keys()].slice(-50);
  expect(grid.read(reads.trades(ids))).toEqual(ids.map((id) => state.trades.get(id)));
}

/** Histories reach the last id of a meter's readings: an account of ours that needs one more ends its backtest. */
function settled<Result>(play: () => Result): Result | null {
  try {
    return play();
  } catch (error) {
    if (/with the grid at height \d+, was refused: invalidAmount$/.test((error as Error).message)) return null;
    throw error;
  }
}

describe('the venue and the contract', () => {
  it('do the same in any market that strategies of ours trade in', { timeout: 0 }, async () => {
    const failed = new Map<string, number>();
    let [markets, made, own, unsettled] = [0, 0, 0, 0];
    const market = fc.asyncProperty(
      drawnHistory({ maxMoves: 50 }),
      fc.constantFrom(...fillModels),
      fc.record({
        seed: fc.nat(1_000_000),
        latencyBlocks: fc.integer({ min: 1, max: 3 }),
        settleBlocks: fc.constantFrom(null, 5),
        standIn: fc.constantFrom(null, ...cast.prosumers),
      }),
      async (history, fills, { seed, latencyBlocks, settleBlocks, standIn }) => {
        const grid = await freshGrid();
        grid.mint(newcomer, WALLET);
        const { events } = new PlayedHistory({ start: grid.nextHeight(), wallet: WALLET / 2n }).play(history);
        const calls: LoggedCall[] = [];
        const happened: GridEvent[] = [];
        const trader = { strategy: 'random-trader', parameters: { seed }, limits: { openOffers: 30 } };
        const opening = { funds: microStx(20_000), energy: wh(500), meter: testPrincipal(901) };
        const recorded = recordedMarket(events, cast.owner);
        const result = settled(() =>
          runBacktest(
            backtestOf(recorded, {
              fills,
              strategies: new Map([['random-trader', randomTrader as never]]),
              accounts: [
                { name: 'newcomer', principal: newcomer, opening, ...trader },
                ...(standIn === null ? [] : [{ name: 'stand-in', principal: standIn, opening: null, ...trader }]),
              ],
              settings: { seed, latencyBlocks, settleBlocks: standIn === null ? settleBlocks : null },
              onCall: (call) => calls.push(call),
              onEvent: ({ next }) => happened.push(readRow(next, 0)),
            }),
          ),
        );
        expect(makeAll(grid, calls)).toEqual(happened);
        const state = happened.reduce(evolve, emptyMarket({ owner: cast.owner }));
        compareReads(grid, state, [...cast.everyone, newcomer]);
        markets += 1;
        made += calls.length;
        if (result === null) {
          unsettled += 1;
          return;
        }
        for (const count of Object.values(result.counted.executed)) own += count;
        for (const [error, count] of Object.entries(result.counted.failed))
          failed.set(error, (failed.get(error) ?? 0) + count);
      },
    );
    const parameters = fuzzParameters('venue and contract', { runs: 40, seconds: TIME_LIMIT_SECONDS });
    await fc.assert(market, parameters as never);
    const errors = [...failed].map(([error, count]) => `${error} ${count}`).join(', ');
    console.log(
      `venue and contract: ${markets} markets, ${made} calls, ${own} entries of ours executed, failed: ${errors}; ${unsettled} ended where an account could not settle`,
    );
    expect(own).toBeGreaterThan(markets);
  });
});
