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
/** Rounds of every way by turns; the best of each counts. */
const ROUNDS = 2;

/** Ways to play them all: processes by the cores that each is held to, with a thread for each core. */
const WAYS = {
  '1 thread on a core': ['0'],
  '2 threads on two cores': ['0,1'],
  '2 processes, a core each': ['0', '1'],
} as const;
type Way = keyof typeof WAYS;
const ways = Object.keys(WAYS) as Way[];

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
    const measured: Record<Way, SweepMeasure[]> = Object.fromEntries(ways.map((way) => [way, []])) as never;
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const way of ways) {
        progress(`sweep: round ${round} of ${ROUNDS}, ${PLAYS} backtests, ${way}`);
        measured[way].push(await play(folder, { processes: WAYS[way], isPinned }));
      }
    }
    const best = (way: Way): number => Math.min(...measured[way].map(({ seconds }) => seconds));
    const speedUp = (way: Way): number => best('1 thread on a core') / best(way);
    const load = loadavg()[0]?.toFixed(1) ?? '';
    const rows = ways.map((way) => ({
      way,
      s: best(way).toFixed(2),
      'M events/s': ((EVENTS * PLAYS) / best(way) / 1e6).toFixed(2),
      'speed-up': speedUp(way).toFixed(2),
      'of aim': way === '2 threads on two cores' ? `${((100 * speedUp(way)) / AIM).toFixed(0)} %` : '',
      'CPU s': Math.min(...measured[way].map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      'max RSS MiB': Math.max(...measured[way].map(({ maxRssMiB }) => maxRssMiB)),
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
        'two processes share nothing, so what they fall short of 2 is the machine: cores slow each other down by what they share',
        `only a machine with two idle cores can reach it; here are ${availableParallelism()}, and a load of ${load} by all that runs`,
      ],
    };
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
};

/** The backtests, shared out among processes that begin together; the slowest of them counts. */
async function play(
  folder: string,
  { processes, isPinned }: { readonly processes: readonly string[]; readonly isPinned: boolean },
): Promise<SweepMeasure> {
  const measures = await Promise.all(
    processes.map(async (cores) => {
      const pin = isPinned ? ['taskset', '--cpu-list', cores] : [];
      const numbers = [cores.split(',').length, PLAYS / processes.length].map(String);
      const [command, ...args] = [...pin, process.execPath, SOURCE_RUNNER, child, folder, ...numbers];
      return JSON.parse((await run(command as string, args)).stdout) as SweepMeasure;
    }),
  );
  return {
    seconds: Math.max(...measures.map(({ seconds }) => seconds)),
    cpuSeconds: measures.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    maxRssMiB: measures.reduce((sum, { maxRssMiB }) => sum + maxRssMiB, 0),
  };
}
