import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homes, recordNeighbourhood } from '../support/recorded-market.ts';
import { writeRecording } from '../support/recording-folder.ts';
import { runWattmaker } from '../support/run-wattmaker.ts';

const base = mkdtempSync(join(tmpdir(), 'wattmaker-backtest-'));
const recording = join(base, 'neighbours');

const recorded = recordNeighbourhood(300, 3);
beforeAll(() => writeRecording(recording, recorded, 200));
afterAll(() => rmSync(base, { recursive: true, force: true }));

type Maker = Readonly<Record<'bought' | 'sold', { readonly fills: number }>>;

interface Json {
  readonly recordings: readonly { readonly events: number; readonly hash: string }[];
  readonly runs: readonly {
    readonly strategy: string;
    readonly parameters: object;
    readonly results: Readonly<
      Record<
        string,
        { readonly accounts: readonly { readonly profit: Record<string, number>; readonly maker: Maker }[] }
      >
    >;
    readonly foresight: {
      readonly bound: { readonly microStx: number };
      readonly scores: Readonly<Record<string, { readonly capture: number; readonly regret: number }>>;
    };
  }[];
}

const backtest = (...options: string[]) => runWattmaker(['backtest', recording, ...options]);

describe('wattmaker backtest', { timeout: 120_000 }, () => {
  it('default: shows what a strategy came to by every fill model, and how far it is', async () => {
    const { code, stdout, stderr } = await backtest('--strategy', 'market-maker');
    expect(stderr).toMatch(/[\d,]+ events in [\d.]+ s, [\d,]+ events\/s/);
    expect(code).toBe(0);
    expect(stdout).toContain('pessimistic');
    expect(stdout).toContain('market-maker');
    expect(stdout).toContain('capture: pessimistic');
    expect(stdout).toContain('not modelled:');
  });

  it('behavior: the same seed prints the same JSON, and other parameters stand side by side', async () => {
    const options = ['--strategy', 'market-maker', '--strategy', 'surplus-seller', '--set', 'halfSpreadPercent=4,8'];
    const [one, two] = [await backtest(...options, '--json'), await backtest(...options, '--json')];
    expect(one.code).toBe(0);
    expect(two.stdout).toBe(one.stdout);
    const { runs, recordings } = one.json as unknown as Json;
    expect(recordings).toMatchObject([{ events: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(runs.map(({ strategy, parameters }) => ({ strategy, parameters }))).toEqual([
      { strategy: 'market-maker', parameters: { halfSpreadPercent: 4 } },
      { strategy: 'market-maker', parameters: { halfSpreadPercent: 8 } },
      { strategy: 'surplus-seller', parameters: {} },
    ]);
    for (const { results, foresight } of runs) {
      for (const [model, { accounts }] of Object.entries(results)) {
        const net = accounts[0]?.profit.net ?? 0;
        expect(net + (foresight.scores[model]?.regret ?? Number.NaN)).toBe(foresight.bound.microStx);
        expect(foresight.scores[model]?.capture).toBeCloseTo(net / foresight.bound.microStx, 3);
      }
      expect(Object.keys(results)).toEqual(['pessimistic', 'expected', 'optimistic']);
      for (const { accounts } of Object.values(results)) {
        const { net = 0, spread = 0, inventory = 0, fees = 0, grid = 0 } = accounts[0]?.profit ?? {};
        expect(spread + inventory + fees + grid).toBe(net);
      }
    }
  });

  it('behavior: says what was played: each strategy by its code, its parameters and limits, in whatever order they are asked for', async () => {
    const [strategy, limit, fills] = [
      ['--strategy', 'surplus-seller'],
      ['--limit', 'openOffers=3'],
      ['--fills', 'pessimistic'],
    ] as const;
    const one = await backtest(...strategy, ...limit, ...fills, '--json');
    const two = await backtest(...fills, ...limit, ...strategy, '--json');
    expect(one.json).toMatchObject({
      strategies: [
        { reference: 'surplus-seller', hash: expect.stringMatching(/^[0-9a-f]{64}$/), defaults: { lotWh: 500 } },
      ],
      limits: { openOffers: 3, spendPerDay: 50_000_000 },
    });
    expect(two.stdout).toBe(one.stdout);
  });

  it('behavior: two jobs print what one prints, byte for byte', async () => {
    const options = ['--strategy', 'market-maker', '--strategy', 'bargain-buyer', '--set', 'halfSpreadPercent=4,8'];
    const [one, two] = [
      await backtest(...options, '--jobs', '1', '--json'),
      await backtest(...options, '--jobs', '2', '--json'),
    ];
    expect(two.code, two.stderr).toBe(0);
    expect(two.stdout).toBe(one.stdout);
    expect(two.stderr).toMatch(/[\d,]+ events in [\d.]+ s, [\d,]+ events\/s/);
  });

  it('behavior: each fill stands in a table of its own, from which the figures can be computed again', async () => {
    const file = join(base, 'fills.parquet');
    const options = ['--strategy', 'market-maker', '--set', 'halfSpreadPercent=4,8', '--fills', 'expected'];
    const { code, json, stderr } = await backtest(...options, '--export-fills', file, '--json');
    expect(code, stderr).toBe(0);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    for (const [index, { results, parameters }] of (json as unknown as Json).runs.entries()) {
      const { profit, maker } = results.expected?.accounts[0] ?? expect.fail();
      const own = rows.filter(({ run }) => Number(run) === index + 1);
      expect(own.map((row) => [row.strategy, row.parameters, row.model])).toEqual(
        own.map(() => ['market-maker', JSON.stringify(parameters), 'expected']),
      );
      const spreads = own.map(({ side, price, mark, amount }) =>
        Number((side === 'buy' ? mark - price : price - mark) * amount),
      );
      expect(spreads.reduce((sum, spread) => sum + spread, 0)).toBe(profit.spread);
      expect(own.filter(({ side }) => side === 'buy')).toHaveLength(maker.bought.fills);
      expect(own.filter(({ side }) => side === 'sell')).toHaveLength(maker.sold.fills);
      expect(own.length).toBeGreaterThan(5);
      for (const { height, listed_at, cost, amount, price } of own) {
        expect(listed_at).toBeLessThan(height);
        expect(cost).toBe(amount * price);
      }
    }
    const again = await backtest(...options, '--export-fills', file);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain(`expected no file "${file}" yet, found one`);
  });

  it('behavior: an account of the recording is traded for anew', async () => {
    const options = ['--strategy', 'surplus-seller', '--as', homes[0] as string, '--fills', 'pessimistic'];
    const { code, json, stderr } = await backtest(...options, '--settle', '20', '--json');
    expect(code, stderr).toBe(0);
    expect((json as unknown as Json).runs).toMatchObject([{ asRecorded: null }]);
  });

  it('behavior: beside it stands what the account itself made in the recording', async () => {
    const who = homes[0] as string;
    const grid = { import: 5_000, feedIn: 30 };
    const options = ['--strategy', 'surplus-seller', '--as', who, '--fills', 'pessimistic'];
    const prices = ['--import', String(grid.import), '--feed-in', String(grid.feedIn)];
    const { code, json, stderr } = await backtest(...options, ...prices, '--json');
    expect(code, stderr).toBe(0);
    let [cash, bought, own] = [0, 0, 0];
    for (const event of recorded) {
      if (event.topic === 'trade-bought') {
        const side = event.buyer === who ? 1 : event.seller === who ? -1 : 0;
        cash -= side * event.cost;
        bought += side * event.amount;
      }
      if (event.topic === 'energy-added' && event.prosumer === who) own += event.amount;
      if (event.topic === 'energy-consumed' && event.prosumer === who) own -= event.amount;
    }
    const atTheGrid = (wh: number): number => wh * (wh < 0 ? grid.import : grid.feedIn);
    const made = cash + atTheGrid(own + bought) - atTheGrid(own);
    expect(made).not.toBe(0);
    expect((json as unknown as Json).runs).toMatchObject([{ asRecorded: made }]);
    expect(stderr).toMatch(/as recorded the account made -?[\d.,]+ STX before network fees/);
  });

  it.each([
    {
      options: ['--strategy', 'market-maker', '--set', 'spread=4'],
      says: 'expected a parameter of one of the strategies',
    },
    { options: ['--strategy', 'market-maker', '--fills', 'lucky'], says: 'expected a fill model, was "lucky"' },
    {
      options: ['--strategy', 'market-maker', '--latency', '0'],
      says: 'expected the latency in blocks to be 1 or more',
    },
    {
      options: ['--strategy', 'market-maker', '--import', '50', '--feed-in', '60'],
      says: 'expected a grid that pays at most what it asks, was 60 against 50 µSTX/Wh at height',
    },
    {
      options: ['--strategy', 'market-maker', '--feed-in', '5000'],
      says: 'expected a grid that pays at most what it asks, was 5000 against',
    },
    {
      options: ['--strategy', 'market-maker', '--export-fills', 'fills.txt'],
      says: 'expected a file that ends in .parquet or .csv, was "fills.txt"',
    },
    { options: ['--strategy', 'market-maker', '--as', 'STME'], says: 'expected a Stacks address, was "STME"' },
    {
      options: ['--strategy', 'market-maker', '--as', 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM'],
      says: 'knows, was "ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM"',
    },
    {
      options: ['--strategy', 'market-maker', '--limit', 'spendPerTurn=much'],
      says: 'expected the limit spendPerTurn to be an integer from 0 to 9007199254740991, was "much"',
    },
  ])('error: $options', async ({ options, says }) => {
    const { code, stderr, stdout } = await backtest(...options);
    expect(stderr).toContain(says);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});
