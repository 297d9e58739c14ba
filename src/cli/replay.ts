import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { compareRun } from '../../backtest/replay/compare-run.ts';
import { openRun, type RecordedRun, runsIn } from '../../backtest/replay/read-run.ts';
import { replayTurns } from '../../backtest/replay/replay-turns.ts';
import { strategyHash } from '../../backtest/replay/strategy-hash.ts';
import { CorruptionError } from '../core/index.ts';
import { loadStrategy } from '../trading/host/index.ts';
import type { Strategy } from '../trading/index.ts';
import { parseCount } from './amounts.ts';
import { fillModelsOf } from './backtest/run-settings.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { fillLines, fillsOf, type ReplayedRun, runLines } from './replay/replay-report.ts';
import { jsonOption } from './wallet-options.ts';

interface ReplayOptions {
  readonly fills?: readonly string[];
  readonly latency?: number;
  readonly tolerance: number;
  readonly json?: true;
}

const listed = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** `wattmaker replay`: takes the turns of recorded live runs again, and compares their fills with a backtest's. */
export function replayCommand(io: CommandIo = processIo()): Command {
  return new Command('replay')
    .description('take every turn of a recorded live run again; exit 1 where one decides otherwise')
    .argument('<folder>', 'a recorded run, or a folder that holds some')
    .addOption(new Option('--fills <model>', 'a fill model; once for each; default all three').argParser(listed))
    .addOption(new Option('--latency <blocks>', "default the run's own, else 1").argParser(parseCount))
    .addOption(
      new Option('--tolerance <blocks>', 'a simulated fill is real within so many').argParser(parseCount).default(10),
    )
    .addOption(jsonOption())
    .action((folder: string, options: ReplayOptions) => replay(io, resolve(folder), options));
}

async function replay(io: CommandIo, folder: string, options: ReplayOptions): Promise<void> {
  const report = createReport(io, { json: options.json === true });
  const fills = fillModelsOf(options.fills);
  const { latency, tolerance: toleranceBlocks } = options;
  const replayed: ReplayedRun[] = [];
  for (const path of runsIn(folder)) {
    const run = openRun(path);
    const strategies = await strategiesOf(run);
    const turns = replayTurns(run, strategies, { onProgress: progressOf(report, path) });
    const compared = compareRun(run, strategies, {
      fills,
      toleranceBlocks,
      ...(latency === undefined ? {} : { latencyBlocks: latency }),
    });
    const one = { folder: path, changed: changedStrategies(run), broken: run.broken, turns, compared };
    replayed.push(one);
    for (const line of runLines(one)) report.line(line);
  }
  tell(report, replayed);
}

async function strategiesOf({ head }: RecordedRun): Promise<ReadonlyMap<string, Strategy<never>>> {
  const strategies = new Map<string, Strategy<never>>();
  for (const { reference } of head.strategies) {
    strategies.set(reference, await loadStrategy(reference, head.directory));
  }
  return strategies;
}

/** Strategies whose code is not the one that traded. */
const changedStrategies = ({ head }: RecordedRun): readonly string[] =>
  head.strategies
    .filter(({ reference, sha256 }) => strategyHash(reference, head.directory) !== sha256)
    .map(({ reference }) => reference);

const PROGRESS_MS = 2_000;

function progressOf(report: Report, folder: string): (turns: number) => void {
  let told = performance.now();
  return (turns) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    report.line(`${folder}: ${turns} turns taken again`);
  };
}

function tell(report: Report, runs: readonly ReplayedRun[]): void {
  const sum = (of: (run: ReplayedRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const [turns, decisions, differing] = [
    sum((run) => run.turns.turns),
    sum((run) => run.turns.decisions),
    sum((run) => run.turns.differing),
  ];
  report.line(`${turns} turns with ${decisions} decisions taken again in ${runs.length} runs: ${differing} differ`);
  const fills = fillsOf(runs);
  for (const line of fillLines(fills)) report.line(line);
  report.result({ turns, decisions, differing, fills, runs });
  if (differing === 0) return;
  const first = runs.flatMap(({ turns: { differences } }) => differences)[0];
  throw new CorruptionError(
    `expected every turn to decide as it did, ${differing} of ${turns} differ, first turn ${first?.turn}: ${first?.what[0]}`,
    { hints: ['A run replays with the code, the strategies and the parameters that it traded with.'] },
  );
}
