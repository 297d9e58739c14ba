import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highsSolver } from '../../backtest/bound/highs-solver.ts';
import type { BoundLimits } from '../../backtest/bound/perfect-foresight.ts';
import { perfectForesight } from '../../backtest/bound/perfect-foresight.ts';
import type { BacktestAccount, BacktestSettings } from '../../backtest/driver/backtest-input.ts';
import { runBacktest } from '../../backtest/driver/run-backtest.ts';
import { fillModels } from '../../backtest/venue/fill-model.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { ConfigError, microStx, price, wh } from '../../src/core/index.ts';
import bargainBuyer from '../../strategies/bargain-buyer/index.ts';
import marketMaker from '../../strategies/market-maker/index.ts';
import surplusSeller from '../../strategies/surplus-seller/index.ts';
import { cast } from '../model/cast.ts';
import { backtestOf, backtestSettings, maker } from '../support/backtest-scene.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { drawnHistory, PlayedHistory } from '../support/random-history.ts';
import { homes, recordedMarket, recordNeighbourhood } from '../support/recorded-market.ts';
import randomTrader from '../support/strategies/random-trader.ts';
import soothsayer, { foresee } from '../support/strategies/soothsayer.ts';

const solve = await highsSolver();
const strategies = new Map(
  [marketMaker, bargainBuyer, surplusSeller, randomTrader, soothsayer].map((strategy) => [
    strategy.name,
    strategy as never,
  ]),
);
const everyMethod: readonly BoundLimits[] = [
  { whole: 400, divisible: 60_000, nodes: 3 },
  { whole: 0, divisible: 60_000, nodes: 0 },
  { whole: 0, divisible: 0, nodes: 0 },
];

const players = fc.record({
  strategy: fc.constantFrom(...strategies.keys()),
  funds: fc.constantFrom(0, 20_000, 400_000, 50_000_000),
  energy: fc.nat(3_000),
  target: fc.constantFrom(0, 0, 500),
  latency: fc.integer({ min: 1, max: 3 }),
  settle: fc.constantFrom(null, 1, 7, 20),
  grid: fc.constantFrom({}, { import: price(60), feedIn: price(55) }, { feedIn: price(1) }),
  known: fc.nat(),
  fresh: fc.boolean(),
});
type Player = typeof players extends fc.Arbitrary<infer One> ? One : never;

interface Scene {
  readonly events: readonly GridEvent[];
  readonly everyone: readonly BacktestAccount['principal'][];
  readonly owner?: BacktestAccount['principal'];
}

/** Every fill model's profit, and the bound by every method; null where the contract refuses a settlement. */
function play({ events, everyone, owner }: Scene, player: Player) {
  const market = () => recordedMarket(events, owner);
  foresee(
    events.flatMap((event) =>
      event.topic === 'trade-bought' ? [{ height: event.height, amount: event.amount, price: event.price }] : [],
    ),
  );
  const account: BacktestAccount = {
    ...maker,
    strategy: player.strategy,
    targetWh: wh(player.target),
    ...(player.fresh
      ? {
          opening: {
            funds: microStx(player.funds),
            energy: wh(player.energy),
            meter: maker.opening?.meter ?? expect.fail(),
          },
        }
      : { principal: everyone[player.known % everyone.length] ?? expect.fail(), opening: null }),
  };
  const changes: Partial<BacktestSettings> = {
    latencyBlocks: player.latency,
    settleBlocks: player.settle,
    grid: player.grid,
  };
  const settings = backtestSettings(market(), changes);
  try {
    const profits = fillModels.map((fills) => {
      const run = runBacktest(backtestOf(market(), { strategies, accounts: [account], fills, settings }));
      return run.accounts[0]?.profit.net ?? expect.fail();
    });
    const bounds = everyMethod.map((limits) =>
      perfectForesight({ market: market(), account, settings }, solve, limits),
    );
    return { profits, bounds };
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

function assertBelow(scene: Scene, player: Player): void {
  const played = play(scene, player);
  if (played === null) return;
  for (const { microStx: bound, method } of played.bounds) {
    for (const [model, profit] of played.profits.entries()) {
      if (profit > bound)
        expect.fail(`expected ${fillModels[model]?.name} at most ${bound} (${method}), was ${profit}`);
    }
  }
}

describe('the profit of any strategy by any fill model', () => {
  it(
    'property: is never above the bound, in a neighbourhood',
    () => {
      const neighbourhoods = fc.record({ blocks: fc.integer({ min: 15, max: 40 }), seed: fc.nat(10_000) });
      fc.assert(
        fc.property(neighbourhoods, players, ({ blocks, seed }, player) => {
          assertBelow({ events: recordNeighbourhood(blocks, seed), everyone: homes }, player);
        }),
        fuzzParameters('bound of a neighbourhood', { runs: 25, seconds: 20 }) as never,
      );
    },
    FUZZ_TIMEOUT,
  );

  const whateverHappened = fc.property(drawnHistory({ maxMoves: 80 }), players, (history, player) => {
    const { events } = new PlayedHistory({ start: 10 }).play(history);
    assertBelow({ events, everyone: [...cast.everyone], owner: cast.owner }, player);
  });

  it(
    'property: is never above the bound, whatever happened',
    () => {
      fc.assert(whateverHappened, fuzzParameters('bound of a history', { runs: 60, seconds: 25 }) as never);
    },
    FUZZ_TIMEOUT,
  );

  it('boundary: is never above the bound where HiGHS traps at a program', { timeout: 60_000 }, () => {
    fc.assert(whateverHappened, { seed: 574103890, path: '5', endOnFailure: true });
  });
});
