import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generateRecording } from '../../backtest/data/generate/generate-recording.ts';
import { SOURCE_RUNNER } from '../../src/launch/index.ts';
import type { BacktestMeasure, BacktestPart } from './backtest-run.ts';
import { backtestSweepBench } from './backtest-sweep.ts';
import type { Bench, BenchResult } from './bench-result.ts';

const SIZES = [100_000, 1_000_000, 10_000_000];
const run = promisify(execFile);
const child = fileURLToPath(new URL('./backtest-run.ts', import.meta.url));

/** What a backtest is to reach on one core, in events per second, and the memory that it may take at 10 million events. */
const AIMS = { load: 10_000_000, fold: 20_000_000, full: 3_000_000, maxRssMiB: 1_024 };

/** Loading, folding and backtesting generated recordings, each size and part in a process of its own; then a sweep. */
export const backtestBench: Bench = async (progress) => [
  await measureSizes(progress),
  ...[await backtestSweepBench(progress)].flat(),
];

async function measureSizes(progress: Parameters<Bench>[0]): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'wattmaker-bench-'));
  const rows: BenchResult['rows'][number][] = [];
  try {
    for (const events of SIZES) {
      const recording = join(folder, String(events));
      progress(`backtest: generating ${events} events`);
      const parameters = { events, accounts: 200, openOffers: 200, eventsPerBlock: 10 };
      generateRecording(recording, { parameters, seed: 1 });
      const measure = async (part: BacktestPart): Promise<BacktestMeasure> => {
        progress(`backtest: measuring ${part} of ${events} events`);
        const { stdout } = await run(process.execPath, [SOURCE_RUNNER, child, part, recording]);
        return JSON.parse(stdout) as BacktestMeasure;
      };
      rows.push(
        rowOf(events, { load: await measure('load'), fold: await measure('fold'), full: await measure('full') }),
      );
      rmSync(recording, { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    name: 'backtest',
    rows,
    limits: [
      `aims, in events per second on one core: loading ${AIMS.load}, fold ${AIMS.fold}, full ${AIMS.full}; at 10 million events at most ${AIMS.maxRssMiB} MiB`,
      '1 to 10 events a block, 5.5 on average, 200 accounts, at least 200 open offers; a market-maker decides in every block, pessimistic fills',
      'the better of two rounds; loading reads files that were written a moment ago, so the system holds them in memory',
      'the full backtest reads the recording as it goes; its memory is that of the process with Node itself',
    ],
  };
}

function rowOf(events: number, { load, fold, full }: Readonly<Record<BacktestPart, BacktestMeasure>>) {
  const million = ({ seconds }: BacktestMeasure): string => (events / seconds / 1e6).toFixed(2);
  const ofAim = ({ seconds }: BacktestMeasure, aim: number): string =>
    `${((100 * events) / seconds / aim).toFixed(0)} %`;
  return {
    events,
    'load M/s': million(load),
    'of aim': ofAim(load, AIMS.load),
    'fold M/s': million(fold),
    'of aim ': ofAim(fold, AIMS.fold),
    'full M/s': million(full),
    'of aim  ': ofAim(full, AIMS.full),
    'full s': full.seconds.toFixed(2),
    'µs a turn': ((full.seconds * 1e6) / full.turns).toFixed(1),
    'executed a turn': (full.executed / full.turns).toFixed(2),
    'max RSS MiB': full.maxRssMiB,
  };
}
