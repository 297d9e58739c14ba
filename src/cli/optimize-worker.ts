import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { openRecording } from '../../backtest/data/recording/open-recording.ts';
import { ConfigError } from '../core/index.ts';
import { createRedisQueue } from '../storage/index.ts';
import { loadStrategy, strategyFile } from '../trading/host/index.ts';
import { listed } from './backtest/scene-options.ts';
import { type CommandIo, createReport, processIo } from './command-io.ts';
import { hashOfModule } from './hash-module.ts';
import { queueLog } from './optimize/queue-log.ts';
import { playFromQueue } from './optimize/queue-worker.ts';
import { parseJobs } from './play/jobs.ts';
import { playInThreads } from './play/pool.ts';

interface WorkerOptions {
  readonly strategy: readonly string[];
  readonly redis?: string;
  readonly jobs?: number;
  readonly json?: true;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** How long plays may go on after a signal; then their jobs are left to other workers. */
const STOP_MS = 10_000;

/** `wattmaker optimize-worker`: plays the trials of studies that run elsewhere. */
export function optimizeWorkerCommand(io: CommandIo = processIo()): Command {
  return new Command('optimize-worker')
    .description('play trials of `wattmaker optimize --redis` on this machine, until it is stopped')
    .argument('<recordings...>', 'folders of recordings that studies may use')
    .addOption(
      new Option('--strategy <reference>', 'a strategy that studies may use; once for each')
        .argParser(listed)
        .makeOptionMandatory(),
    )
    .option('--redis <url>', 'the queue; default REDIS_URL')
    .addOption(new Option('--jobs <number>', 'trials to play at once; default the cores').argParser(parseJobs))
    .option('--json', 'print one JSON object')
    .action((folders: string[], options: WorkerOptions) => work(io, folders, options));
}

async function work(io: CommandIo, folders: readonly string[], options: WorkerOptions): Promise<void> {
  const report = createReport(io, { json: options.json === true });
  const url = options.redis ?? io.environment.REDIS_URL;
  if (url === undefined) throw new ConfigError('expected --redis with the URL of a queue, was none');
  const jobs = options.jobs ?? availableParallelism();
  const directory = process.cwd();
  const strategies = new Map<string, string>();
  for (const reference of options.strategy) {
    await loadStrategy(reference, directory);
    strategies.set(hashOfModule(strategyFile(reference, directory)), reference);
  }
  const recordings = folders.map((folder) => ({ folder, hash: openRecording(folder).hash }));
  const log = queueLog(io);
  const queue = await createRedisQueue({ log }, { url });
  const pool = playInThreads(
    { recordings, strategies: options.strategy, directory },
    { threads: jobs, onOutput: (text) => io.writeErr(text) },
  );
  let played = 0;
  const stage = { version, recordings: recordings.map(({ hash }) => hash), strategies };
  const onPlayed = ({ study }: { readonly study: string }): void => {
    played += 1;
    io.writeErr(`trial ${played} played, of study ${study}\n`);
  };
  try {
    const stopped = signal();
    await playFromQueue({ queue, pool, stage, log, onPlayed }, jobs);
    for (const { folder, hash } of recordings) report.line(`plays ${folder}, hash ${hash}`);
    report.line(`ready, ${jobs} at once`);
    await stopped;
    report.line('stopping: finishes what it plays');
  } finally {
    await queue.close({ deadlineMs: STOP_MS });
    await pool.close();
  }
  report.line(`${played} trials played`);
  report.result({ played });
}

const signal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
