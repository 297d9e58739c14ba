import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { importHouseholds } from '../../backtest/data/import/import-households.ts';
import { importTrades } from '../../backtest/data/import/import-trades.ts';
import { openRecording } from '../../backtest/data/recording/open-recording.ts';
import { ConfigError } from '../core/index.ts';
import { parseCount } from './amounts.ts';
import { type CommandIo, createReport, processIo, type Report } from './command-io.ts';
import { grouped, heightRange, recordingSummary } from './data/describe-recording.ts';
import { countLines } from './data/progress-lines.ts';
import { jsonOption } from './wallet-options.ts';

interface ImportOptions {
  readonly out: string;
  readonly blockSeconds: number;
  readonly json?: true;
}

interface TradesOptions extends ImportOptions {
  readonly trades?: string;
}

interface HouseholdsOptions extends ImportOptions {
  readonly time: string;
  readonly price?: string;
  readonly priceScale: number;
  readonly priceFloor?: number;
}

/** `wattmaker import`: turns tables of others into recordings. */
export function importCommand(io: CommandIo = processIo()): Command {
  const command = new Command('import').description('turn CSV or Parquet tables into recordings');
  withImportOptions(
    command
      .command('trades')
      .description('a recording of offers and of who bought them')
      .argument('<offers>', 'a table with offer, seller, amount_wh, price, at; may have open_until, cancelled')
      .option('--trades <file>', 'a table with offer, buyer, at'),
  ).action(async (offers: string, { trades, out, blockSeconds, json }: TradesOptions) => {
    const folder = resolve(out);
    const report = createReport(io, { json: json === true });
    const onProgress = countLines(report, 'imported');
    await importTrades(folder, { offers, trades: trades ?? null, blockSeconds: positive(blockSeconds), onProgress });
    tell(report, folder);
  });
  withImportOptions(
    command
      .command('households')
      .description("a recording of households' meters and of the energy price")
      .argument('<file>', 'a table with load_kwh and pv_kwh beside household, or load_kwh_NAME and pv_kwh_NAME')
      .addOption(new Option('--time <column>', "the column of a slot's beginning").default('time'))
      .option('--price <column>', 'the column of the energy price; without it the price stays as the contract opens')
      .addOption(
        new Option('--price-scale <number>', 'µSTX per Wh that one unit of the price is')
          .argParser(parseScale)
          .default(1),
      )
      .addOption(new Option('--price-floor <µSTX>', 'raise lower prices to so much').argParser(parseCount)),
  ).action(async (file: string, options: HouseholdsOptions) => {
    const { out, blockSeconds, json, time, price, priceScale, priceFloor } = options;
    const folder = resolve(out);
    const report = createReport(io, { json: json === true });
    await importHouseholds(folder, {
      file,
      timeColumn: time,
      priceColumn: price ?? null,
      priceScale,
      priceFloor: priceFloor ?? null,
      blockSeconds: positive(blockSeconds),
      onProgress: countLines(report, 'imported'),
    });
    tell(report, folder);
  });
  return command;
}

const withImportOptions = (command: Command): Command =>
  command
    .requiredOption('--out <folder>', 'the recording to make')
    .addOption(
      new Option('--block-seconds <seconds>', 'how long a block is, where the table has times')
        .argParser(parseCount)
        .default(10),
    )
    .addOption(jsonOption());

function positive(seconds: number): number {
  if (seconds < 1) throw new ConfigError(`expected --block-seconds of 1 or more, was ${seconds}`);
  return seconds;
}

function parseScale(text: string): number {
  const scale = Number(text);
  if (!Number.isFinite(scale) || scale <= 0) throw new ConfigError(`expected a number above 0, was "${text}"`);
  return scale;
}

function tell(report: Report, folder: string): void {
  const summary = recordingSummary(openRecording(folder));
  report.line(`${folder}: ${grouped(summary.events)} events at heights ${heightRange(summary)}`);
  report.line(`hash ${summary.hash}`);
  report.result(summary);
}
