import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { fileDisk } from '../../backtest/data/recording/disk.ts';
import { openRecording } from '../../backtest/data/recording/open-recording.ts';
import { openRecordingWriter } from '../../backtest/data/recording/recording-writer.ts';
import type { FatalError } from '../core/index.ts';
import { lockFolder } from '../storage/embedded/folder-lock.ts';
import { parseCount } from './amounts.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { configOption } from './data-option.ts';
import { followLog } from './record/follow-log.ts';
import { prepareRecording } from './record/prepare-recording.ts';
import { recordSource, type SourceOptions } from './record/record-source.ts';
import { withChainOptions } from './wallet-options.ts';

interface RecordOptions extends SourceOptions {
  readonly out: string;
  readonly from?: number;
  readonly depth?: number;
  readonly once?: true;
  readonly duration?: number;
}

/** `wattmaker record`: follows a contract into a recording until stopped. */
export function recordCommand(io: CommandIo = processIo()): Command {
  const count = (flags: string, description: string): Option => new Option(flags, description).argParser(parseCount);
  const command = new Command('record')
    .description('record the events of a contract into a folder; the next run goes on where this one stops')
    .requiredOption('--out <folder>', 'the recording: made where there is none, continued where there is one')
    .addOption(configOption())
    .addOption(count('--from <height>', "the first block to record; default the contract's first event"))
    .addOption(count('--depth <blocks>', 'after so many blocks events are sealed; default 6 embedded, 150 elsewhere'))
    .addOption(count('--duration <seconds>', 'stop after so long'))
    .option('--once', 'stop when everything that the chain holds now is recorded');
  return withChainOptions(command).action((options: RecordOptions) => record(io, options));
}

async function record(io: CommandIo, options: RecordOptions): Promise<void> {
  const { duration, once = false, from: fromHeight = null } = options;
  const report = createReport(io, { json: options.json === true });
  const folder = resolve(options.out);
  const source = await recordSource(io, options);
  const stopping = stopOnSignals(report, duration);
  let lost: FatalError | null = null;
  try {
    const release = await lockFolder(folder, (error) => {
      lost = error;
      stopping.stop();
    });
    try {
      await prepareRecording({ disk: fileDisk, folder }, source, { fromHeight });
      const writer = openRecordingWriter(folder);
      const { depth = source.depth } = options;
      const { chain, everyMs } = source;
      report.line(`recording ${source.contractId} into ${folder}`);
      const say = report.line;
      const tip = await followLog({ chain, writer, depth, everyMs, once, stop: stopping.signal, say });
      if (lost !== null) throw lost;
      finish(report, folder, tip);
    } finally {
      await release();
    }
  } finally {
    stopping.end();
    source.close();
  }
}

function finish(report: Report, folder: string, tip: number): void {
  const { events, manifest, tail, hash, firstSequence } = openRecording(folder);
  report.line(
    `${events} events recorded up to height ${tip}: ${events - tail.length} in ${manifest.segments.length} segments, ${tail.length} in the journal`,
  );
  report.line(`hash ${hash}`);
  report.result({
    folder,
    contract: manifest.chain?.contractId,
    firstSequence,
    events,
    height: tip,
    segments: manifest.segments.length,
    journal: tail.length,
    hash,
  });
}

/** Stops on a signal or after so many seconds; a second signal ends the process, which harms no recording. */
function stopOnSignals(report: Report, seconds: number | undefined) {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    report.line(`${signal}: stopping; once more stops at once`);
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const timer = seconds === undefined ? undefined : setTimeout(() => controller.abort(), seconds * 1000);
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    end() {
      clearTimeout(timer);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
