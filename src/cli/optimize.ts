import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Outcome } from '../../backtest/optimize/outcome.ts';
import { runStudy, type StudyResult } from '../../backtest/optimize/study.ts';
import { ConfigError } from '../core/index.ts';
import { createRedisQueue, lockFolder } from '../storage/index.ts';
import { parseCount } from './amounts.ts';
import { type ParameterChoice, parseChoice } from './backtest/parameter-grid.ts';
import { createProgress } from './backtest/progress.ts';
import { withSceneOptions } from './backtest/scene-options.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { formatError } from './format-error.ts';
import { countingRunner } from './optimize/counting-runner.ts';
import { createEvaluator, type Runner } from './optimize/evaluator.ts';
import { type AxisText, parseAxisText } from './optimize/parse-space.ts';
import { queueLog } from './optimize/queue-log.ts';
import { runThroughQueue } from './optimize/queue-runner.ts';
import { playFromQueue } from './optimize/queue-worker.ts';
import { openStudy, studyId } from './optimize/study-folder.ts';
import { foldTable, stabilityText, studyWarnings, verdictLines } from './optimize/study-report.ts';
import { defaultFolder, type OptimizeOptions, type StudySetup, sceneOf, setUpStudy } from './optimize/study-setup.ts';
import { parseJobs } from './play/jobs.ts';
import type { Pool } from './play/play.ts';
import { playInThreads } from './play/pool.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** `wattmaker optimize`: looks for a strategy's best parameters, and for what speaks against them. */
export function optimizeCommand(io: CommandIo = processIo()): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description);
  const count = (flags: string, description: string): Option => option(flags, description).argParser(parseCount);
  const command = new Command('optimize')
    .description('search for parameters of a strategy, and try what was found on blocks it was not found on')
    .argument('<recordings...>', 'folders of recordings')
    .requiredOption('--strategy <reference>', 'a built-in name or a path')
    .addOption(
      option(
        '--space <name=values>',
        'what to vary: name=low:high, name=low:high:step or name=a,b,c; once for each; default what the strategy declares',
      ).argParser((text, before: readonly AxisText[] = []) => [...before, parseAxisText(text)]),
    )
    .addOption(
      option('--set <name=value>', 'a parameter that is not searched; once for each').argParser(
        (text, before: readonly ParameterChoice[] = []) => [...before, parseChoice(text)],
      ),
    )
    .option('--method <name>', 'halving, random or grid', 'halving')
    .addOption(count('--trials <number>', 'candidates to try in each fold (halving, random)').default(81))
    .addOption(count('--levels <number>', 'values of a range in a grid').default(5))
    .option('--objective <reference>', 'what is wanted most: a built-in name or a path', 'profit')
    .option('--model <name>', 'the fill model that scores are by', 'pessimistic')
    .addOption(count('--folds <number>', 'choices that are tried on later blocks; 0: none is tried').default(4))
    .addOption(count('--train <blocks>', 'blocks to choose on; default three times --test'))
    .addOption(count('--test <blocks>', 'blocks to try a choice on; default what is left, shared among the folds'))
    .addOption(count('--gap <blocks>', 'blocks between them; default 1 % of the recording, 20 at least'))
    .addOption(count('--warm-up <blocks>', 'blocks before a window that the strategy sees the past of').default(1_000))
    .option('--study <folder>', 'where finished trials are kept; default studies/, by what is asked')
    .addOption(
      option(
        '--jobs <number>',
        'trials to play at once; default the cores; 0 with --redis: leave them to workers',
      ).argParser(parseStudyJobs),
    )
    .option('--redis <url>', 'share the trials with the optimize-workers of this queue')
    .option('--json', 'print one JSON object')
    .action((folders: string[], options: OptimizeOptions) => optimize(io, folders, options));
  return withSceneOptions(command);
}

/** With a queue a coordinator need not play itself. */
const parseStudyJobs = (text: string): number => (text === '0' ? 0 : parseJobs(text));

async function optimize(io: CommandIo, folders: readonly string[], options: OptimizeOptions): Promise<void> {
  const report = createReport(io, { json: options.json === true });
  for (const [name, value] of Object.entries({ trials: options.trials, levels: options.levels })) {
    if (value < 1) throw new ConfigError(`expected --${name} of 1 or more, was ${value}`);
  }
  if (options.jobs === 0 && options.redis === undefined) {
    throw new ConfigError('expected 1 job or more, was 0', {
      hints: ['Only with --redis can others play the trials.'],
    });
  }
  const setup = await setUpStudy(folders, options, { version, directory: process.cwd() });
  const id = studyId(setup.identity);
  const folder = options.study ?? defaultFolder(options.strategy, id);
  const unlock = await lockFolder(folder, (error) => {
    io.writeErr(`${formatError(error)}\n`);
    process.exit(1);
  });
  try {
    const result = await study(io, options, { setup, id, folder });
    tell(report, { result, setup, options, id });
  } finally {
    await unlock();
  }
}

interface Studied {
  readonly setup: StudySetup;
  readonly id: string;
  readonly folder: string;
}

async function study(io: CommandIo, options: OptimizeOptions, { setup, id, folder }: Studied): Promise<StudyResult> {
  const { markets, space, method, objective, folds, fixed } = setup;
  const { trials, levels, seed, strategy, warmUp } = options;
  const kept = openStudy(folder, setup.identity);
  io.writeErr(`study ${folder}: ${kept.found === 0 ? 'new' : `goes on after ${kept.found} trials`}, seed ${seed}\n`);
  const pool = playInThreads(
    {
      recordings: markets.map(({ folder: path, hash }) => ({ folder: path, hash })),
      strategies: [strategy],
      directory: process.cwd(),
    },
    { threads: options.jobs || availableParallelism(), onOutput: (text) => io.writeErr(text) },
  );
  const runner = await openRunner(io, options, { setup, id, pool });
  const base = { strategy, fills: setup.model, options: sceneOf(options), warmUpBlocks: warmUp, trace: false };
  try {
    const evaluate = createEvaluator({ study: kept, objective: objective.objective, base, fixed, run: runner.run });
    return await runStudy({ space, method, trials, levels, seed, folds }, evaluate);
  } finally {
    runner.end();
    await runner.close();
    await pool.close();
  }
}

interface OpenRunner {
  readonly run: Runner;
  /** Tells how much was played. */
  end(): void;
  close(): Promise<void>;
}

/** Plays here, or through a queue whose workers this process is one of. */
async function openRunner(
  io: CommandIo,
  { redis, jobs }: OptimizeOptions,
  { setup, id, pool }: { readonly setup: StudySetup; readonly id: string; readonly pool: Pool },
): Promise<OpenRunner> {
  const { markets, strategy, strategyHash } = setup;
  const meter = createProgress({ now: () => performance.now(), write: io.writeErr, live: io.interactive, total: 0 });
  const counted = countingRunner(meter, markets);
  if (redis === undefined) {
    const run = counted(async ({ play, accept }, onEvents) => {
      const { result } = await pool.play(play, onEvents);
      return { outcome: accept(result), events: result.events };
    });
    return { run, end: meter.end, close: async () => undefined };
  }
  const log = queueLog(io);
  const queue = await createRedisQueue({ log }, { url: redis });
  const recordings = markets.map(({ hash }) => hash);
  const asking = await runThroughQueue({ queue, log }, { study: id, version, recordings, strategyHash });
  const stage = { version, recordings, strategies: new Map([[strategyHash, strategy]]) };
  if (jobs !== 0)
    await playFromQueue({ queue, pool, stage, log, onPlayed: () => undefined }, jobs ?? availableParallelism());
  return {
    run: counted(async (play, onEvents) => {
      let events = 0;
      const accept = (result: Parameters<typeof play.accept>[0]): Outcome => {
        events = result.events;
        return play.accept(result);
      };
      const outcome = await asking.run({ ...play, accept });
      onEvents(events);
      return { outcome, events };
    }),
    end: meter.end,
    async close() {
      asking.stop();
      await queue.close({ deadlineMs: CLOSE_MS });
    },
  };
}

/** How long a play of another study may take to end before its job is left to another worker. */
const CLOSE_MS = 2_000;

function tell(
  report: Report,
  told: Omit<Studied, 'folder'> & { readonly result: StudyResult; readonly options: OptimizeOptions },
): void {
  const { result, setup, id, options } = told;
  const { markets, method, objective, space, fixed, identity } = setup;
  report.line(foldTable(result));
  for (const line of verdictLines(result)) report.line(line);
  report.line();
  for (const line of stabilityText(result.best.stability)) report.line(line);
  report.line();
  for (const { folder, hash, events } of markets) report.line(`${folder}: ${events} events, hash ${hash}`);
  report.line(
    `${method.name} by ${objective.objective.name}, ${options.model} fills, seed ${options.seed}, study ${id}, wattmaker ${version}`,
  );
  for (const line of studyWarnings(result, space)) report.line(`warning: ${line}`);
  const recordings = markets.map(({ folder, hash, events }) => ({ folder, hash, events }));
  const { name, description } = objective.objective;
  const asked = { method: method.name, objective: { name, description }, model: options.model, space, fixed };
  report.result({
    version,
    study: id,
    seed: options.seed,
    recordings,
    ...asked,
    identity,
    warnings: studyWarnings(result, space),
    ...result,
  });
}
