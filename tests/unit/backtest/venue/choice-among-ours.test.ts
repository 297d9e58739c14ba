import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../../backtest/driver/run-backtest.ts';
import { expected } from '../../../../backtest/venue/fill-model.ts';
import { microStx, wh } from '../../../../src/core/index.ts';
import { backtestOf } from '../../../support/backtest-scene.ts';
import { alice, bob, carol, createNeighbourhood } from '../../../support/model-market.ts';
import { recordedMarket } from '../../../support/recorded-market.ts';
import scripted, { scriptOf } from '../../../support/strategies/scripted.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const SEEDS = 300;

/** How often a recorded buyer takes one of so many equal offers of ours, where it left so many cheaper ones of others. */
function shareSold({ ours, left }: { readonly ours: number; readonly left: number }): number {
  let sold = 0;
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const market = createNeighbourhood();
    const lists = Array.from({ length: ours }, (_, index) => [
      10 + index,
      { kind: 'list', amount: 10, price: 60, life: 100 },
    ]);
    for (let cheap = 0; cheap < left; cheap += 1)
      market.act(alice, { kind: 'tradeEnergy', amount: 10n, price: 50n }, { height: 12 });
    const { result } = market.act(alice, { kind: 'tradeEnergy', amount: 10n, price: 65n }, { height: 12 });
    market.act(bob, { kind: 'buyEnergy', tradeId: BigInt(result as number) }, { height: 40 });
    market.act(carol, { kind: 'addEnergy', amount: 1n }, { height: 50 });
    const { counted } = runBacktest(
      backtestOf(recordedMarket(market.events), {
        fills: expected,
        strategies: new Map([['scripted', scripted as never]]),
        accounts: [
          {
            name: 'us',
            principal: testPrincipal(900),
            strategy: 'scripted',
            parameters: scriptOf(Object.fromEntries(lists)),
            opening: { funds: microStx(100_000), energy: wh(1_000), meter: testPrincipal(901) },
          },
        ],
        settings: { seed },
      }),
    );
    sold += counted.diverted;
  }
  return sold / SEEDS;
}

describe('the expected fills, among several offers of ours', () => {
  it.each([
    { ours: 1, left: 0, chance: 1 / 2 },
    { ours: 1, left: 2, chance: 1 / 4 },
    { ours: 6, left: 0, chance: 6 / 7 },
    { ours: 6, left: 2, chance: 6 / 9 },
    { ours: 12, left: 6, chance: 12 / 19 },
  ])(
    'behavior: a buyer chooses evenly among $ours of ours, its own, and $left that it left',
    ({ ours, left, chance }) => {
      const share = shareSold({ ours, left });
      expect(Math.abs(share - chance), `sold in ${share} of the seeds, expected ${chance}`).toBeLessThan(0.08);
    },
  );
});
