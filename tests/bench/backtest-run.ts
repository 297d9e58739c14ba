import { openRecording, recordedEvents } from '../../backtest/data/recording/open-recording.ts';
import { runBacktest } from '../../backtest/driver/run-backtest.ts';
import { evolveRows } from '../../backtest/market/columnar-evolve.ts';
import { ColumnarMarket } from '../../backtest/market/columnar-market.ts';
import { pessimistic } from '../../backtest/venue/fill-model.ts';
import { microStx, wh } from '../../src/core/index.ts';
import { backtestOf, maker } from '../support/backtest-scene.ts';

/** What a process of its own measures on a recording. */
export type BacktestPart = 'load' | 'fold' | 'full';

export interface BacktestMeasure {
  readonly seconds: number;
  readonly turns: number;
  /** Intents of ours that were executed. */
  readonly executed: number;
  readonly maxRssMiB: number;
}

/** The better of two rounds counts: in the first the code is still being compiled. */
const ROUNDS = 2;
const [part, folder = ''] = process.argv.slice(2) as [BacktestPart, string];
const recorded = recordedEvents(openRecording(folder));
let [turns, executed] = [0, 0];

function timed(action: () => void): number {
  const begun = performance.now();
  action();
  return (performance.now() - begun) / 1_000;
}

const rounds: Readonly<Record<BacktestPart, () => number>> = {
  load: () =>
    timed(() => {
      for (const columns of recorded.columns()) if (columns.length === 0) throw new Error('expected events, was none');
    }),
  fold: () => {
    const market = new ColumnarMarket({ owner: recorded.opening.owner, accounts: recorded.accounts });
    let seconds = 0;
    for (const columns of recorded.columns()) seconds += timed(() => evolveRows(market, columns, 0, columns.length));
    return seconds;
  },
  full: () => {
    const limits = { spendPerTurn: microStx(1e9), spendPerDay: microStx(1e13), feesPerDay: microStx(1e12) };
    const opening = { funds: microStx(1e9), energy: wh(0), meter: maker.opening?.meter as never };
    const accounts = [{ ...maker, limits, opening }];
    return timed(() => {
      const settings = { wallet: microStx(1e13) };
      const { turns: taken, counted } = runBacktest(backtestOf(recorded, { fills: pessimistic, accounts, settings }));
      turns = taken;
      executed = Object.values(counted.executed).reduce((sum, count) => sum + count, 0);
    });
  },
};

const seconds = Math.min(...Array.from({ length: ROUNDS }, rounds[part]));
const maxRssMiB = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ seconds, turns, executed, maxRssMiB } satisfies BacktestMeasure));
