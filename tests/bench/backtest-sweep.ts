import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generateRecording } from '../../backtest/data/generate/generate-recording.ts';
import { SOURCE_RUNNER } from '../../src/launch/index.ts';
import type { SweepMeasure } from './backtest-sweep-run.ts';
import type { Bench } from './bench-result.ts';

const run = promisify(execFile);
const child = fileURLToPath(new URL('./backtest-sweep-run.ts', import.meta.url));

const EVENTS = 1_000_000;
const PLAYS = 12;
/** How many times as fast a sweep is to be on two cores. */
const AIM = 1.8;
/** Rounds with one and with two threads by turns; the best of each counts. */
const ROUNDS = 2;

/** The command that holds a process to so many cores. */
const pin = (cores: 1 | 2): readonly string[] => ['taskset', '--cpu-list', cores === 1 ? '0' : '0,1'];

const canPin = (): Promise<boolean> =>
  run('taskset', ['--version']).then(
    () => true,
    () => false,
  );

/** A sweep over parameters on one core and on two. */
export const backtestSweepBench: Bench = async (progress) => {
  const base = mkdtempSync(join(tmpdir(), 'wattmaker-bench-'));
  const folder = join(base, 'recording');
  try {
    progress(`sweep: generating ${EVENTS} events`);
    const parameters = { events: EVENTS, accounts: 200, openOffers: 200, eventsPerBlock: 10 };
    generateRecording(folder, { parameters, seed: 1 });
    const isPinned = await canPin();
    const measured = { 1: [] as SweepMeasure[], 2: [] as SweepMeasure[] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const threads of [1, 2] as const) {
        progress(`sweep: round ${round} of ${ROUNDS}, ${PLAYS} backtests, ${threads} at once`);
        const [command, ...args] = [...(isPinned ? pin(threads) : []), process.execPath, SOURCE_RUNNER, child, folder];
        const { stdout } = await run(command as string, [...args, `${threads}`, `${PLAYS}`]);
        measured[threads].push(JSON.parse(stdout) as SweepMeasure);
      }
    }
    const best = (threads: 1 | 2): number => Math.min(...measured[threads].map(({ seconds }) => seconds));
    const load = loadavg()[0]?.toFixed(1) ?? '';
    const rows = ([1, 2] as const).map((threads) => ({
      'threads and cores': threads,
      s: best(threads).toFixed(2),
      'M events/s': ((EVENTS * PLAYS) / best(threads) / 1e6).toFixed(2),
      'speed-up': (best(1) / best(threads)).toFixed(2),
      'of aim': threads === 1 ? '' : `${((100 * best(1)) / best(threads) / AIM).toFixed(0)} %`,
      'CPU s': Math.min(...measured[threads].map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      'max RSS MiB': Math.max(...measured[threads].map(({ maxRssMiB }) => maxRssMiB)),
      'load afterwards': load,
    }));
    return {
      name: 'backtest sweep',
      rows,
      limits: [
        `aim: ${AIM} times as fast on two cores; ${PLAYS} backtests of ${EVENTS} events, starting the threads included, the better of ${ROUNDS} rounds`,
        isPinned
          ? 'one thread is held to one core: its collector and compiler would use the other one beside it'
          : 'there is no taskset here: the collector and compiler of one thread use the other core beside it, so one seems faster',
        `only a machine with two idle cores can reach it; here are ${availableParallelism()}, and a load of ${load} by all that runs; the CPU seconds say what the second thread costs`,
      ],
    };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
};
