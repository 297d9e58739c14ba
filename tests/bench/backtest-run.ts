import { openRecording, recordedEvents } from '../../backtest/data/recording/open-recording.ts';
import { runBacktest } from '../../backtest/driver/run-backtest.ts';
import { evolveRows } from '../../backtest/market/columnar-evolve.ts';
import { ColumnarMarket } from '../../backtest/market/columnar-market.ts';
import { pessimistic } from '../../backtest/venue/fill-model.ts';
import { microStx, wh } from '../../src/core/index.ts';
import { backtestOf, maker } from '../support/backtest-scene.ts';

/** What one process measured on one recording; seconds. */
export interface BacktestMeasure {
  readonly events: number;
  readonly blocks: number;
  readonly turns: number;
  /** Intents of ours that were executed. */
  readonly executed: number;
  readonly load: number;
  readonly fold: number;
  readonly full: number;
  readonly maxRssMiB: number;
}

const ROUNDS = 2;
const [folder = ''] = process.argv.slice(2);
const recorded = recordedEvents(openRecording(folder));

/** The best of a few rounds. */
function best(round: () => number): number {
  return Math.min(...Array.from({ length: ROUNDS }, round));
}

function timed(action: () => void): number {
  const begun = performance.now();
  action();
  return (performance.now() - begun) / 1_000;
}

let [events, blocks] = [0, 0];
const load = best(() => {
  [events, blocks] = [0, 0];
  return timed(() => {
    for (const columns of recorded.columns()) {
      events += columns.length;
      blocks = (columns.height[columns.length - 1] as number) - recorded.firstHeight + 1;
    }
  });
});

const fold = best(() => {
  const market = new ColumnarMarket({ owner: recorded.opening.owner, accounts: recorded.accounts });
  let seconds = 0;
  for (const columns of recorded.columns()) seconds += timed(() => evolveRows(market, columns, 0, columns.length));
  return seconds;
});

let result: ReturnType<typeof runBacktest> | null = null;
const full = best(() =>
  timed(() => {
    const limits = { spendPerTurn: microStx(1e9), spendPerDay: microStx(1e13), feesPerDay: microStx(1e12) };
    const opening = { funds: microStx(1e9), energy: wh(0), meter: maker.opening?.meter as never };
    const accounts = [{ ...maker, limits, opening }];
    result = runBacktest(backtestOf(recorded, { fills: pessimistic, accounts, settings: { wallet: microStx(1e13) } }));
  }),
);
const { turns, counted } = result as unknown as ReturnType<typeof runBacktest>;
const executed = Object.values(counted.executed).reduce((sum, count) => sum + count, 0);
const maxRssMiB = Math.round(process.resourceUsage().maxRSS / 1024);
const measure: BacktestMeasure = { events, blocks, turns, executed, load, fold, full, maxRssMiB };
process.stdout.write(JSON.stringify(measure));
