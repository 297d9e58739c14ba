import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteFile } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../backtest/data/columns-builder.ts';
import { loadColumns, openingMarket, openRecording } from '../../../backtest/data/recording/open-recording.ts';
import { evolve } from '../../../src/market/index.ts';
import { type CommandRun, runCommand } from '../../support/run-command.ts';
import { testPrincipal } from '../../support/test-principal.ts';

const folder = mkdtempSync(join(tmpdir(), 'wattmaker-import-'));
let count = 0;

function file(ending: string, text: string): string {
  count += 1;
  const path = join(folder, `table-${count}${ending}`);
  writeFileSync(path, ending.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

async function imported(...args: readonly string[]) {
  count += 1;
  const out = join(folder, `recording-${count}`);
  const run = await runCommand(['import', ...args, '--out', out, '--json']);
  expect(run, run.err).toMatchObject({ code: 0 });
  expect((await runCommand(['data', 'check', out])).code).toBe(0);
  const recording = openRecording(out);
  const events = [...eventsOf(loadColumns(recording))];
  const names = recording.manifest.origin.kind === 'imported' ? recording.manifest.origin.names : {};
  const state = events.reduce(evolve, openingMarket(recording.manifest));
  return { events, state, name: (address: string) => names[address] ?? address };
}

const refused = (...args: readonly string[]): Promise<CommandRun> =>
  runCommand(['import', ...args, '--out', join(folder, 'refused')]);

const offers = `offer,seller,amount_wh,price,at,open_until,cancelled
a,Ada,500,90,2026-06-01T12:00:00Z,,
b,Ben,300,80,2026-06-01T12:00:25Z,100,
c,Ada,200,95,2026-06-01 12:01:00,,2026-06-01T12:02:00Z
`;
const trades = `offer,buyer,at
b,${testPrincipal(3)},2026-06-01T12:00:40Z
a,Ben,2026-06-01T12:00:30Z
`;

describe('wattmaker import trades', () => {
  it('makes a recording in which each offer is listed, bought and cancelled at its time', async () => {
    const { events, name } = await imported('trades', file('.csv', offers), '--trades', file('.csv.gz', trades));
    const deeds = events.flatMap((event) => {
      if (event.topic === 'trade-listed')
        return [[event.height, 'list', name(event.seller), event.amount, event.price]];
      if (event.topic === 'trade-bought') return [[event.height, 'buy', name(event.buyer), event.amount, event.cost]];
      return event.topic === 'trade-cancelled' ? [[event.height, 'cancel', name(event.seller), event.amount, 0]] : [];
    });
    expect(deeds).toEqual([
      [1, 'list', 'Ada', 500, 90],
      [3, 'list', 'Ben', 300, 80],
      [4, 'buy', 'Ben', 500, 45_000],
      [5, 'buy', testPrincipal(3), 300, 24_000],
      [7, 'list', 'Ada', 200, 95],
      [13, 'cancel', 'Ada', 200, 0],
    ]);
  });

  it('takes heights as they are, from Parquet', async () => {
    const path = join(folder, 'offers.parquet');
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: 'offer', data: [1, 2], type: 'INT32' },
        { name: 'seller', data: ['Ada', 'Ben'], type: 'STRING' },
        { name: 'amount_wh', data: [10n, 20n], type: 'INT64' },
        { name: 'price', data: [5n, 6n], type: 'INT64' },
        { name: 'at', data: [700, 705], type: 'INT32' },
      ],
    });
    const { events, state } = await imported('trades', path);
    expect([events[0]?.height, events.at(-1)?.height]).toEqual([700, 705]);
    expect(state.openOffers.map(({ amount, price }) => [amount, price])).toEqual([
      [10, 5],
      [20, 6],
    ]);
  });

  it('error: names every row that cannot be read, with its line', async () => {
    const bad = offers.replace(',500,', ',many,').replace(',80,', ',0,').replace('2026-06-01 12:01:00', 'noon');
    const run = await refused('trades', file('.csv', bad));
    expect(run.code).toBe(2);
    expect(run.err).toContain('line 2: expected a whole number from 1 to 9007199254740991 in "amount_wh", was "many"');
    expect(run.err).toContain('line 3: expected a whole number from 1 to 9007199254740991 in "price", was "0"');
    expect(run.err).toContain('line 4: expected an ISO 8601 time in "at", was "noon"');
  });

  it('error: names the row that the contract would refuse', async () => {
    const twice = `${trades}a,Ada,2026-06-01T12:00:50Z\n`;
    const own = await refused('trades', file('.csv', offers), '--trades', file('.csv', twice));
    expect(own.err).toMatch(/table-\d+\.csv line 4: the contract refuses buyEnergy: tradeNotOpen/);
    const early = trades.replace('12:00:40Z', '12:00:10Z');
    const run = await refused('trades', file('.csv', offers), '--trades', file('.csv', early));
    expect(run.err).toMatch(/line 2: expected an offer that is listed by then, was "b"/);
  });

  it('error: a column that is missing, heights beside times, a file of another kind', async () => {
    const missing = await refused('trades', file('.csv', offers.replace('seller', 'vendor')));
    expect(missing.err).toContain('line 2: expected a column "seller", has offer, vendor, amount_wh');
    const mixed = await refused('trades', file('.csv', offers), '--trades', file('.csv', 'offer,buyer,at\na,Ben,7\n'));
    expect(mixed.err).toContain('expected heights alone or times alone, was both');
    expect((await refused('trades', file('.txt', offers))).err).toContain('ends in .csv, .csv.gz or .parquet');
    expect((await refused('trades', join(folder, 'nowhere.csv'))).err).toContain('found none');
    expect((await refused('trades', file('.parquet', offers))).err).toContain('to be Parquet');
    expect((await refused('trades', file('.csv', ''))).err).toMatch(/line of names first, was empty/);
  });

  it('error: names a missing column once, not by row', async () => {
    const { err } = await refused('households', file('.csv', wide), '--time', 'ts', '--price', 'price_usd_per_kwh');
    expect(err).toContain('line 2: expected a column "price_usd_per_kwh", has ts, price_usd');
    expect(err.match(/expected a column/g)).toHaveLength(1);
  });

  it('error: leaves nothing behind that could be taken for a recording', async () => {
    const twice = `${trades}a,Ada,2026-06-01T12:00:50Z\n`;
    expect((await refused('trades', file('.csv', offers), '--trades', file('.csv', twice))).code).toBe(2);
    expect(readdirSync(folder).filter((name) => name.startsWith('refused'))).toEqual([]);
  });
});

const wide = `ts,price_usd,load_kwh_1,load_kwh_2,pv_kwh_1
2026-06-01T12:00,0.22,1.2345,0.5,0
2026-06-01T13:00,0.22,0.25,0.5,2.0004
2026-06-01T14:00,0.3,0.25,0,0
`;

describe('wattmaker import households', () => {
  it('makes readings of each slot at its end, and sets the price where it changes', async () => {
    const options = ['--time', 'ts', '--price', 'price_usd', '--price-scale', '1000', '--block-seconds', '600'];
    const { events, state, name } = await imported('households', file('.csv', wide), ...options);
    const readings = events.flatMap((event) =>
      event.topic === 'reading-recorded' ? [[event.height, name(event.prosumer), event.produced, event.consumed]] : [],
    );
    expect(readings).toEqual([
      [7, '1', 0, 1234],
      [7, '2', 0, 500],
      [13, '1', 2000, 250],
      [13, '2', 0, 500],
      [19, '1', 0, 250],
      [19, '2', 0, 0],
    ]);
    const prices = events.flatMap((event) => (event.topic === 'energy-price-set' ? [[event.height, event.price]] : []));
    expect(prices).toEqual([
      [1, 220],
      [13, 300],
    ]);
    expect([...state.prosumers.values()].map(({ energy }) => energy)).toEqual([266, -1000]);
  });

  it('takes a row for each household, and power as that of the whole slot', async () => {
    const long = `time,household,load_kw,pv_w
2026-06-01T12:00,Ada,2,0
2026-06-01T12:00,Ben,1,400
2026-06-01T12:15,Ada,0.5,100
2026-06-01T12:15,Ben,0,0
`;
    const { events, name } = await imported('households', file('.csv', long));
    const readings = events.flatMap((event) =>
      event.topic === 'reading-recorded' ? [[name(event.prosumer), event.produced, event.consumed]] : [],
    );
    expect(readings).toEqual([
      ['Ada', 0, 500],
      ['Ben', 100, 250],
      ['Ada', 25, 125],
      ['Ben', 0, 0],
    ]);
  });

  it('error: rows that cannot be read, prices below one, columns without a household', async () => {
    const bad = await refused('households', file('.csv', wide.replace('1.2345', '-1')), '--time', 'ts');
    expect(bad.err).toContain('line 2: expected no negative energy in "load_kwh_1", was "-1"');
    const low = ['households', file('.csv', wide), '--time', 'ts', '--price', 'price_usd'];
    expect((await refused(...low)).err).toContain('expected a price of 1 µSTX per Wh or more in "price_usd", was 0');
    const floored = await imported(...low, '--price-floor', '5');
    expect(floored.state.energyPrice).toBe(5);
    const nobody = await refused('households', file('.csv', 'time,load_kwh\n2026-06-01T12:00,1\n'));
    expect(nobody.err).toContain('expected columns load_kwh and pv_kwh beside household');
    const back = wide.replace('T13:00', 'T11:00');
    expect((await refused('households', file('.csv', back), '--time', 'ts')).err).toContain('times that go forward');
  });

  it('error: a household that is twice in a slot, a slot of another length', async () => {
    const rows = ['2026-06-01T12:00,Ada,2', '2026-06-01T12:15,Ada,1', '2026-06-01T12:45,Ada,1'];
    const table = (...more: string[]) => file('.csv', `${['time,household,load_kw', ...rows, ...more].join('\n')}\n`);
    expect((await imported('households', table())).events.at(-1)).toMatchObject({ consumed: 250 });
    const twice = await refused('households', table('2026-06-01T12:45,Ada,1'));
    expect(twice.code).toBe(2);
    expect(twice.err).toContain('line 5: expected load of "Ada" once at 2026-06-01T12:45:00.000Z, was twice');
    const odd = await refused('households', table('2026-06-01T12:50,Ada,1'));
    expect(odd.code).toBe(2);
    expect(odd.err).toContain('line 5: expected slots of 15 minutes, as the first is, was 2026-06-01T12:50:00.000Z');
  });
});
