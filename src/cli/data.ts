import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { exportRecording } from '../../backtest/data/export/export-recording.ts';
import { type ExportFormat, exportFormats, formatOf } from '../../backtest/data/export/table-sink.ts';
import { generateRecording } from '../../backtest/data/generate/generate-recording.ts';
import { checkRecording } from '../../backtest/data/recording/check-recording.ts';
import { openRecording } from '../../backtest/data/recording/open-recording.ts';
import { ConfigError, CorruptionError } from '../core/index.ts';
import { parseCount } from './amounts.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { grouped } from './data/describe-recording.ts';
import { beginFold } from './data/fold-columns.ts';
import { listRecordings } from './data/list.ts';
import { progressLines } from './data/progress-lines.ts';
import { showRecording } from './data/show.ts';
import { jsonOption } from './wallet-options.ts';

interface JsonOption {
  readonly json?: true;
}

/** `wattmaker data`: what recordings there are, whether they are sound, made-up ones, and tables for other programs. */
export function dataCommand(io: CommandIo = processIo()): Command {
  const reportOf = ({ json }: JsonOption): Report => createReport(io, { json: json === true });
  const command = new Command('data').description('list, show, check, generate and export recordings');
  command
    .command('list')
    .description('show the recordings in a folder')
    .argument('[folder]', 'the folder that holds them', '.')
    .addOption(jsonOption())
    .action((folder: string, options: JsonOption) => listRecordings(reportOf(options), folder));
  command
    .command('show')
    .description('show what a recording is of, and how many events of each topic it holds')
    .argument('<recording>', 'its folder')
    .addOption(jsonOption())
    .action((folder: string, options: JsonOption) => showRecording(reportOf(options), resolve(folder)));
  command
    .command('check')
    .description('check hashes, order, digest and fold of a recording; exit 1 where something is wrong')
    .argument('<recording>', 'its folder')
    .addOption(jsonOption())
    .action((folder: string, options: JsonOption) => check(reportOf(options), resolve(folder)));
  command.addCommand(generateCommand(reportOf));
  command.addCommand(exportCommand(reportOf));
  return command;
}

function check(report: Report, folder: string): void {
  const recording = openRecording(folder);
  const onProgress = progressLines(report, { what: 'checked', total: recording.events });
  const { problems, events, topics, digest } = checkRecording({ beginFold, onProgress }, recording);
  for (const problem of problems) report.line(`wrong: ${problem}`);
  const proof = digest
    ? "hashes, order, the contract's digest and fold hold"
    : 'hashes, order and fold hold; of no contract, without a digest';
  if (problems.length === 0) report.line(`${grouped(events)} events: ${proof}`);
  report.result({ sound: problems.length === 0, folder, hash: recording.hash, events, topics, digest, problems });
  if (problems.length > 0) {
    throw new CorruptionError(`expected ${folder} to be sound, found ${problems.length} problems: ${problems[0]}`);
  }
}

interface GenerateCommandOptions extends JsonOption {
  readonly out: string;
  readonly seed: number;
  readonly events: number;
  readonly accounts: number;
  readonly openOffers: number;
  readonly eventsPerBlock: number;
}

function generateCommand(reportOf: (options: JsonOption) => Report): Command {
  const count = (flags: string, description: string, standard: number): Option =>
    new Option(flags, description).argParser(parseCount).default(standard);
  return new Command('generate')
    .description('make up a recording: the same seed and parameters give the same one, byte by byte')
    .requiredOption('--out <folder>', 'the recording to make')
    .addOption(count('--seed <number>', 'decides everything that is left to chance', 1))
    .addOption(count('--events <number>', 'how many events', 1_000_000))
    .addOption(count('--accounts <number>', 'how many prosumers', 200))
    .addOption(count('--open-offers <number>', 'never fewer are open, once they have been listed', 200))
    .addOption(count('--events-per-block <number>', 'the most that a block holds', 10))
    .addOption(jsonOption())
    .action((options: GenerateCommandOptions) => generate(reportOf(options), options));
}

function generate(report: Report, { out, seed, json: _, ...parameters }: GenerateCommandOptions): void {
  const folder = resolve(out);
  if (seed > 0xffff_ffff) throw new ConfigError(`expected a seed of 32 bits, was ${seed}`);
  report.line(`generating ${grouped(parameters.events)} events with seed ${seed}`);
  const onProgress = progressLines(report, { what: 'generated', total: parameters.events });
  generateRecording(folder, { seed: seed | 0, parameters, onProgress });
  const { hash, events, manifest } = openRecording(folder);
  const { length } = manifest.segments;
  report.line(`${folder}: ${grouped(events)} events in ${length} ${length === 1 ? 'segment' : 'segments'}`);
  report.line(`hash ${hash}`);
  report.result({ folder, seed, ...parameters, segments: manifest.segments.length, hash });
}

interface ExportCommandOptions extends JsonOption {
  readonly out: string;
  readonly format?: ExportFormat;
  readonly fills?: true;
}

function exportCommand(reportOf: (options: JsonOption) => Report): Command {
  return new Command('export')
    .description('write the events of a recording, or its purchases alone, as one Parquet or CSV file')
    .argument('<recording>', 'its folder')
    .requiredOption('--out <file>', 'the file to make')
    .addOption(new Option('--format <format>', "default by the file's ending").choices(exportFormats))
    .option('--fills', 'purchases alone')
    .addOption(jsonOption())
    .action((folder: string, options: ExportCommandOptions) =>
      exportTable(reportOf(options), resolve(folder), options),
    );
}

function exportTable(report: Report, folder: string, options: ExportCommandOptions): void {
  const file = resolve(options.out);
  const format = options.format ?? formatOf(options.out);
  const recording = openRecording(folder);
  const onProgress = progressLines(report, { what: 'exported', total: recording.events });
  const table = options.fills ? 'fills' : 'events';
  const rows = exportRecording(recording, file, { format, table, onProgress });
  report.line(`${file}: ${grouped(rows)} ${table}`);
  report.result({ file, format, table, rows, hash: recording.hash });
}
