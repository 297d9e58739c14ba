import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { isRecording } from '../../../backtest/data/recording/manifest.ts';
import { openRecording } from '../../../backtest/data/recording/open-recording.ts';
import { ConfigError } from '../../core/index.ts';
import type { Report } from '../command-io.ts';
import { describeOrigin, grouped, heightRange, recordingSummary } from './describe-recording.ts';

/** Shows the recordings in a folder, and the folder itself where it is one. A damaged one is named, and the rest goes on. */
export function listRecordings(report: Report, folder: string): void {
  const base = resolve(folder);
  if (!existsSync(base)) throw new ConfigError(`expected a folder with recordings, found no "${folder}"`);
  // What was not made to its end is none yet.
  const names = readdirSync(base).filter((name) => !name.endsWith('.partial'));
  const folders = [base, ...names.map((name) => join(base, name))].filter(isRecording);
  const table = new Table({
    head: ['recording', 'of', 'events', 'heights', 'MB'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right'],
  });
  const damaged: { folder: string; problem: string }[] = [];
  const recordings = folders.flatMap((each) => {
    try {
      return [recordingSummary(openRecording(each))];
    } catch (error) {
      damaged.push({ folder: each, problem: error instanceof Error ? error.message : String(error) });
      return [];
    }
  });
  for (const each of recordings) {
    const megabytes = (each.bytes / 1e6).toFixed(1);
    table.push([each.folder, describeOrigin(each), grouped(each.events), heightRange(each), megabytes]);
  }
  report.line(recordings.length === 0 ? `No recordings in ${base}.` : table.toString());
  for (const { folder: each, problem } of damaged) report.line(`damaged: ${each}: ${problem}`);
  report.result({ recordings, damaged });
}
