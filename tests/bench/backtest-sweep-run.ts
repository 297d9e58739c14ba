import { openRecording } from '../../backtest/data/recording/open-recording.ts';
import type { BacktestOptions } from '../../src/cli/backtest/run-settings.ts';
import { openPool } from '../../src/cli/play/jobs.ts';

/** What a process of its own measures of a sweep. */
export interface SweepMeasure {
  /** From the start of the first thread to the last result. */
  readonly seconds: number;
  /** Of all threads together, Node's start included. */
  readonly cpuSeconds: number;
  readonly maxRssMiB: number;
}

const [folder = '', threads = '1', plays = '1'] = process.argv.slice(2);
const options: BacktestOptions = {
  funds: 1_000_000_000n,
  energy: 0n,
  target: 0n,
  latency: 1,
  feeRate: 1.2,
  blockSeconds: 10,
  seed: 1,
};
const { hash } = openRecording(folder);
const stage = { recordings: [{ folder, hash }], strategies: ['market-maker'], directory: process.cwd() };
const begun = performance.now();
const pool = await openPool(stage, { threads: Number(threads), onOutput: (text) => process.stderr.write(text) });
await Promise.all(
  Array.from({ length: Number(plays) }, (_, index) => {
    const parameters = { halfSpreadPercent: 3 + index };
    const of = { recording: 0, strategy: 'market-maker', parameters, options };
    const play = { ...of, span: null, warmUpBlocks: 0, trace: false };
    return pool.play({ ...play, fills: 'pessimistic' }, () => undefined);
  }),
);
const seconds = (performance.now() - begun) / 1_000;
await pool.close();
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
const maxRssMiB = Math.round(maxRSS / 1024);
process.stdout.write(JSON.stringify({ seconds, cpuSeconds, maxRssMiB } satisfies SweepMeasure));
