import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { highsSolver } from '../../backtest/bound/highs-solver.ts';
import { assertNewFile, formatOf } from '../../backtest/data/export/table-sink.ts';
import { loadStrategy, strategyFile } from '../trading/host/index.ts';
import { resolveParameters, type Strategy } from '../trading/index.ts';
import { resolveLimits } from '../trading/risk/index.ts';
import { showMicroStx } from './amounts.ts';
import { asRecorded } from './backtest/as-recorded.ts';
import { type BacktestRun, backtestTables, type FillName, NOT_MODELLED, warnings } from './backtest/backtest-report.ts';
import { checkScene } from './backtest/check-scene.ts';
import { createBounds, foresightOf } from './backtest/foresight.ts';
import type { ReportInput, StrategyUsed } from './backtest/html/report-input.ts';
import { reportPage } from './backtest/html/report-page.ts';
import type { TraceColumn } from './backtest/html/trace.ts';
import { assertWritable, writePage } from './backtest/html/write-page.ts';
import { type LoadedMarket, loadMarket } from './backtest/load-market.ts';
import { type FillsByModel, writeOwnFills } from './backtest/own-fills.ts';
import { assertKnown, combinations, type ParameterChoice, parseChoice } from './backtest/parameter-grid.ts';
import { createProgress } from './backtest/progress.ts';
import { accountOf, type BacktestOptions, fillModelsOf, settingsOf } from './backtest/run-settings.ts';
import { listed, withSceneOptions } from './backtest/scene-options.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { hashOfModule } from './hash-module.ts';
import { openPool, parseJobs, threadsFor } from './play/jobs.ts';
import type { Played, Stage } from './play/play.ts';

interface CommandOptions extends BacktestOptions {
  readonly strategy: readonly string[];
  readonly set?: readonly ParameterChoice[];
  readonly jobs?: number;
  readonly json?: true;
  readonly html?: string;
  readonly force?: true;
  readonly exportFills?: string;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** `wattmaker backtest`: plays recordings against strategies and shows what they came to, side by side. */
export function backtestCommand(io: CommandIo = processIo()): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description);
  const command = new Command('backtest')
    .description('play recordings against strategies, side by side')
    .argument('<recordings...>', 'folders of recordings')
    .addOption(
      option('--strategy <reference>', 'a built-in name or a path; once for each')
        .argParser(listed)
        .makeOptionMandatory(),
    )
    .addOption(
      option(
        '--set <name=values>',
        'values of a parameter to try, for example halfSpreadPercent=4,6; once for each',
      ).argParser((text, before: readonly ParameterChoice[] = []) => [...before, parseChoice(text)]),
    )
    .addOption(option('--fills <model>', 'a fill model; once for each; default all three').argParser(listed))
    .addOption(
      option('--jobs <number>', 'backtests to play at once; default the cores, as far as there is work').argParser(
        parseJobs,
      ),
    )
    .option('--json', 'print one JSON object')
    .option('--html <file>', 'write a report as one page that needs nothing else')
    .option('--force', 'replace the file of --html')
    .option('--export-fills <file>', 'write each fill of the account as one Parquet or CSV file')
    .action((folders: string[], options: CommandOptions) => backtest(io, folders, options));
  return withSceneOptions(command);
}

async function backtest(io: CommandIo, folders: readonly string[], options: CommandOptions): Promise<void> {
  const report = createReport(io, { json: options.json === true });
  const { set: choices = [], html, exportFills } = options;
  if (html !== undefined) assertWritable(html, { force: options.force === true });
  if (exportFills !== undefined) {
    formatOf(exportFills);
    assertNewFile(exportFills);
  }
  const fills = fillModelsOf(options.fills);
  const strategies = new Map<string, Strategy<never>>();
  for (const reference of options.strategy) strategies.set(reference, await loadStrategy(reference, process.cwd()));
  assertKnown([...strategies.values()], choices);
  const markets = folders.map(loadMarket);
  for (const market of markets) checkScene(options, market);
  const plans = markets.flatMap((loaded, recording) =>
    [...strategies].flatMap(([strategy, found]) =>
      combinations(found, choices).map((parameters) => ({ loaded, recording, strategy, parameters })),
    ),
  );
  const total = plans.reduce((sum, { loaded }) => sum + loaded.events * fills.length, 0);
  const progress = createProgress({
    now: () => performance.now(),
    write: (text) => io.writeErr(text),
    live: io.interactive,
    total,
  });
  const recordings = markets.map(({ folder, hash }) => ({ folder, hash }));
  const stage: Stage = { recordings, strategies: options.strategy, directory: process.cwd() };
  const threads = threadsFor({ jobs: options.jobs, plays: plans.length * fills.length, events: total });
  const pool = await openPool(stage, { threads, onOutput: (text) => io.writeErr(text) });
  const traces = new Map<BacktestRun['results'], Partial<Record<FillName, readonly TraceColumn[]>>>();
  const ownFills = new Map<BacktestRun['results'], FillsByModel>();
  const playRun = async ({ loaded, recording, strategy, parameters }: (typeof plans)[number]) => {
    const played = await Promise.all(
      fills.map(async ({ name }): Promise<[FillName, Played]> => {
        const of = { recording, strategy, parameters, fills: name, options };
        const asked = { trace: html !== undefined, ownFills: exportFills !== undefined };
        const play = { ...of, ...asked, span: null, warmUpBlocks: 0 };
        const what = `${strategy} on ${loaded.folder}, ${name}`;
        return [name, await pool.play(play, (more) => progress.played(what, more))];
      }),
    );
    const results = Object.fromEntries(played.map(([name, { result }]) => [name, result]));
    traces.set(results, Object.fromEntries(played.map(([name, { trace }]) => [name, trace ?? []])));
    ownFills.set(results, Object.fromEntries(played.map(([name, play]) => [name, play.ownFills ?? []])));
    return { loaded, strategy, parameters, results };
  };
  const played = await Promise.all(plans.map(playRun)).finally(() => pool.close());
  progress.end();
  io.writeErr('bounding what perfect foresight could have made\n');
  const bound = createBounds(await highsSolver(), options);
  const own = new Map(markets.map((loaded) => [loaded, asRecorded(options, loaded)]));
  const runs = played.map(({ loaded, ...run }): BacktestRun => {
    const baselines = { foresight: foresightOf(bound(loaded), run.results), asRecorded: own.get(loaded) ?? null };
    return { recording: loaded.folder, ...run, ...baselines };
  });
  const known = [...strategies].map(([reference, strategy]): StrategyUsed => {
    const hash = hashOfModule(strategyFile(reference, process.cwd()));
    return { reference, hash, defaults: resolveParameters(strategy, {}) };
  });
  tell(report, { runs, markets, options, traces, ownFills, strategies: known });
}

interface Told extends Pick<ReportInput, 'traces' | 'strategies'> {
  readonly runs: readonly BacktestRun[];
  readonly markets: readonly LoadedMarket[];
  readonly options: CommandOptions;
  readonly ownFills: ReadonlyMap<BacktestRun['results'], FillsByModel>;
}

function tell(report: Report, { runs, markets, options, traces, ownFills, strategies }: Told): void {
  const { seed, json: _, jobs: __, html, force: ____, exportFills, ...given } = options;
  // In one order, however they were given: what was asked for is the same.
  const config = Object.fromEntries(Object.entries(given).sort(([one], [other]) => (one < other ? -1 : 1)));
  const limits = resolveLimits(accountOf(options, { strategy: '' }).limits);
  const configHash = createHash('sha256')
    .update(JSON.stringify(config, (___, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))
    .digest('hex');
  report.line(backtestTables(runs));
  report.line(`parts of the profit and what stands below are those of the most pessimistic model that was run`);
  for (const { folder } of markets) {
    const own = runs.find(({ recording }) => recording === folder)?.asRecorded ?? null;
    if (own !== null) report.line(`${folder}: as recorded the account made ${showMicroStx(own)} before network fees`);
  }
  for (const { folder, hash, events, complete } of markets) {
    const whence = complete ? '' : ', from the middle: what came before is inferred';
    report.line(`${folder}: ${events} events, hash ${hash}${whence}`);
  }
  report.line(`seed ${seed}, config ${configHash.slice(0, 16)}, wattmaker ${version}; not modelled:`);
  for (const line of NOT_MODELLED) report.line(`  ${line}`);
  for (const line of warnings(runs)) report.line(`warning: ${line}`);
  if (html !== undefined) {
    const settings = markets.map(({ market }) => settingsOf(options, market));
    const page = {
      runs,
      traces,
      markets,
      warnings: warnings(runs),
      notModelled: NOT_MODELLED,
      settings,
      strategies,
      limits,
    };
    writePage(html, reportPage({ ...page, version, seed, configHash, config }), { force: options.force === true });
    report.line(`report: ${html}`);
  }
  if (exportFills !== undefined) {
    report.line(`fills: ${exportFills}, ${writeOwnFills(exportFills, runs, ownFills)} rows`);
  }
  report.result({
    version,
    seed,
    configHash,
    config,
    strategies,
    limits,
    recordings: markets.map(({ folder, hash, events, complete, market }) => {
      const { firstHeight, lastHeight } = market;
      return { folder, hash, events, complete, firstHeight, lastHeight, settings: settingsOf(options, market) };
    }),
    notModelled: NOT_MODELLED,
    warnings: warnings(runs),
    runs,
  });
}
