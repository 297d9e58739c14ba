import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventsOf } from '../../../backtest/data/columns-builder.ts';
import { createRecording } from '../../../backtest/data/recording/create-recording.ts';
import { fileDisk } from '../../../backtest/data/recording/disk.ts';
import { loadColumns, openRecording } from '../../../backtest/data/recording/open-recording.ts';
import { openRecordingWriter } from '../../../backtest/data/recording/recording-writer.ts';
import { encodeSegment } from '../../../backtest/data/segment/encode-segment.ts';
import { height } from '../../../src/core/index.ts';
import { chainHead, contractLog } from '../../support/recorded-events.ts';
import { type CommandRun, runCommand } from '../../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'wattmaker-data-'));
const market = join(folder, 'market');
const data = (...args: readonly string[]): Promise<CommandRun> => runCommand(['data', ...args]);
const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
  const run = await data(...args, '--json');
  expect(run, run.err).toMatchObject({ code: 0 });
  return JSON.parse(run.out);
};

/** A recording of a contract: two segments and a tail. */
function recordContract(name: string): string {
  const path = join(folder, name);
  createRecording(fileDisk, path, chainHead);
  const writer = openRecordingWriter(path);
  writer.append(contractLog(6));
  writer.seal({ throughHeight: height(11) });
  writer.seal({ throughHeight: height(12) });
  return path;
}

beforeAll(async () => {
  const size = ['--events', '3000', '--accounts', '20', '--open-offers', '25'];
  expect(await data('generate', '--out', market, '--seed', '5', ...size)).toMatchObject({ code: 0 });
});

describe('wattmaker data', () => {
  it('generates the same recording for the same seed, and says the seed', async () => {
    const again = await json(
      'generate',
      '--out',
      join(folder, 'again'),
      '--seed',
      '5',
      '--events',
      '3000',
      '--accounts',
      '20',
      '--open-offers',
      '25',
    );
    expect(again).toMatchObject({ seed: 5, events: 3000, accounts: 20, openOffers: 25, eventsPerBlock: 10 });
    expect(again.hash).toBe(openRecording(market).hash);
    const refused = await data('generate', '--out', market);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('expected no recording in');
  });

  it('lists recordings and shows one', async () => {
    const contract = recordContract('contract');
    const { recordings } = (await json('list', folder)) as { recordings: { folder: string; events: number }[] };
    expect(recordings.find((each) => each.folder === contract)).toMatchObject({ events: 21, segments: 2, journal: 4 });
    recordContract('unfinished.partial');
    expect((await data('list', folder)).out).not.toContain('unfinished');
    const shown = await data('show', contract);
    expect(shown.out).toContain(`${chainHead.owner}.energy-grid, chain id 2147483648`);
    expect(shown.out).toMatch(/trade-bought +6/);
    expect(await json('show', market)).toMatchObject({ events: 3000, origin: { kind: 'generated', seed: 5 } });
  });

  it('finds sound recordings sound', async () => {
    expect(await json('check', market)).toMatchObject({ sound: true, events: 3000, digest: false, problems: [] });
    const contract = await json('check', recordContract('sound'));
    expect(contract).toMatchObject({ sound: true, events: 21, digest: true });
  });

  it('error: names what is wrong with a recording, and exits 1', async () => {
    const hashed = recordContract('hashed');
    const [first] = openRecording(hashed).manifest.segments;
    const bytes = readFileSync(join(hashed, first?.file ?? ''));
    bytes[bytes.byteLength - 300] = (bytes[bytes.byteLength - 300] as number) ^ 1;
    writeFileSync(join(hashed, first?.file ?? ''), bytes);
    const run = await data('check', hashed);
    expect(run.code).toBe(1);
    expect(run.out).toContain(
      `wrong: expected ${join(hashed, first?.file ?? '')} to have the SHA-256 ${first?.sha256}`,
    );
  });

  it('error: finds events that cannot have happened, and those that the contract never printed', async () => {
    const forged = recordContract('forged');
    const recording = openRecording(forged);
    const [first] = recording.manifest.segments;
    const columns = loadColumns(recording);
    const length = first?.events ?? 0;
    // A deposit of one µSTX less than it was folds all the same; the digest tells.
    const deposit = [...eventsOf(columns)].findIndex(({ topic }) => topic === 'funds-added');
    columns.amount[deposit] = 99_999;
    const bytes = encodeSegment({ ...columns, length }, new Map());
    writeFileSync(join(forged, first?.file ?? ''), bytes);
    const manifest = readFileSync(join(forged, 'manifest.json'), 'utf8');
    writeFileSync(join(forged, 'manifest.json'), manifest.replace(/"bytes": \d+/, `"bytes": ${bytes.byteLength}`));
    const run = await data('check', forged);
    expect(run.code).toBe(1);
    expect(run.out).toContain("wrong: expected the contract's digest");
    columns.kind[length - 1] = 99;
    writeFileSync(join(forged, first?.file ?? ''), encodeSegment({ ...columns, length }, new Map()));
    expect((await data('check', forged)).out).toContain('to have a kind, was 99');
  });

  it('exports all events to CSV and Parquet, with a column for each field', async () => {
    const contract = recordContract('exported');
    const csv = join(folder, 'events.csv');
    expect(await json('export', contract, '--out', csv)).toMatchObject({ format: 'csv', table: 'events', rows: 21 });
    const [head = '', ...lines] = readFileSync(csv, 'utf8').trim().split('\n');
    const last = Object.fromEntries(head.split(',').map((name, index) => [name, lines.at(-1)?.split(',')[index]]));
    expect(lines).toHaveLength(21);
    expect(last).toMatchObject({
      sequence: '21',
      topic: 'trade-bought',
      amount: '1',
      price: '55',
      cost: '55',
      grant_id: '',
    });
    const parquet = join(folder, 'events.parquet');
    await json('export', contract, '--out', parquet);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
    expect(rows).toHaveLength(21);
    expect(rows.at(-1)).toMatchObject({ sequence: 21n, topic: 'trade-bought', cost: 55n, grant_id: null });
    expect(rows[0]).toMatchObject({ sequence: 1n, topic: 'prosumer-registered', amount: null });
  });

  it('exports purchases alone', async () => {
    const file = join(folder, 'fills.parquet');
    await json('export', recordContract('filled'), '--out', file, '--fills');
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    expect(rows.map(({ trade_id: id }) => id)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(Object.keys(rows[0] ?? {})).not.toContain('topic');
  });

  it('error: a file of unknown format, or one that is there already', async () => {
    const file = join(folder, 'taken.csv');
    appendFileSync(file, 'mine');
    expect((await data('export', market, '--out', file)).err).toContain('expected no file');
    const unknown = await data('export', market, '--out', join(folder, 'events.xlsx'));
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('expected a file that ends in .parquet or .csv');
    const nowhere = await data('export', market, '--out', join(folder, 'nowhere', 'table.csv'));
    expect(nowhere.code).toBe(2);
    expect(nowhere.err).toContain('expected a file in a folder that exists');
  });
});
