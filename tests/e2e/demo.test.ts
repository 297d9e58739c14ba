import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectControl } from '../../src/service/control/index.ts';
import { eventually } from '../support/eventually.ts';
import { type Finished, runWattmaker, startWattmaker } from '../support/run-wattmaker.ts';
import { postgresService, redisService } from '../support/services.ts';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-demo-'));
  folders.push(folder);
  return folder;
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const start = (folder: string, ...more: string[]): string[] => [
  'start',
  '--data',
  folder,
  '--block-interval',
  '1000',
  ...more,
];

/** What every run of the demo must come to, whatever it runs on. */
function expectTrades(json: Record<string, unknown> | null): void {
  expect(json).toMatchObject({
    blocks: expect.any(Number),
    requestsPerIdlePoll: 1,
    transactions: { confirmed: expect.any(Number), reverted: 0, pending: expect.any(Number) },
    energyWh: expect.any(Number),
    fundsMicroStx: expect.any(Number),
    profitMicroStx: expect.any(Number),
    chainUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    reconciled: true,
  });
  const { fills, listed, failedEntries } = json as {
    fills: { bought: number; sold: number };
    listed: number;
    failedEntries: Record<string, number>;
  };
  expect(fills.bought).toBeGreaterThan(0);
  expect(fills.sold).toBeGreaterThan(0);
  expect(listed).toBeGreaterThan(0);
  // Others bought first, or the price moved: reasons that the contract names.
  for (const name of Object.keys(failedEntries)) expect(name).toMatch(/^[a-z][A-Za-z]+$/);
}

/** Starts the demo, and ends it as Ctrl-C does once the bot has bought and sold, and asked an idle chain for news. */
async function trade(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const bot = startWattmaker(args, { env });
  try {
    const fills = { bought: expect.toSatisfy(isPositive), sold: expect.toSatisfy(isPositive) };
    const traded = { fills, listed: expect.toSatisfy(isPositive), requestsPerIdlePoll: expect.any(Number) };
    await eventually(async () => expect(await askHere(args[2] ?? '', '/status'), bot.stderr()).toMatchObject(traded), {
      timeoutMs: 200_000,
      intervalMs: 250,
    });
    bot.process.kill('SIGINT');
    return await bot.finished;
  } finally {
    bot.process.kill('SIGKILL');
  }
}

const isPositive = (count: number): boolean => count > 0;
/** Asks in this process: one of its own for each question would take more of the machine than the bot. */
const askHere = async (folder: string, route: '/status' | '/healthz'): Promise<unknown> =>
  (await connectControl(folder))?.get(route);
/** The first line of the chain's journal, which no two chains share. */
const genesisOf = async (folder: string): Promise<string | undefined> =>
  (await readFile(join(folder, 'chain', 'chain.journal'), 'utf8')).split('\n')[0];

describe('wattmaker start', () => {
  let folder: string;
  let first: { height: number; fills: { bought: number } };
  let genesis: string | undefined;
  beforeAll(async () => {
    folder = await newFolder();
  });

  it('default: trades with the neighbours', { timeout: 240_000 }, async () => {
    const { code, json, stderr } = await trade(start(folder, '--json'));
    expect(stderr).not.toMatch(/"level":(50|60)/);
    expect(code).toBe(0);
    expectTrades(json);
    first = json as unknown as typeof first;
    genesis = await genesisOf(folder);
  });

  it('behavior: goes on where it stopped, answers status, halt and resume, refuses a second one, and drains on Ctrl-C', {
    timeout: 120_000,
  }, async () => {
    const bot = startWattmaker(start(folder));
    try {
      const ask = (...args: string[]) => runWattmaker([...args, '--data', folder, '--json']);
      await eventually(async () => expect(await askHere(folder, '/healthz')).toEqual({ ok: true }), {
        timeoutMs: 90_000,
        intervalMs: 250,
      });
      expect((await ask('health')).json).toEqual({ ok: true });
      expect((await ask('halt')).json).toEqual({ state: 'halted' });
      const status = (await ask('status')).json as (typeof first & { haltState: string }) | null;
      expect(status?.haltState).toBe('halted');
      expect(status?.height).toBeGreaterThan(first.height);
      expect(status?.fills.bought).toBeGreaterThanOrEqual(first.fills.bought);
      expect((await ask('resume')).json).toEqual({ state: 'active' });
      expect((await ask('reconcile')).json).toMatchObject({ reconciled: true });

      const second = await runWattmaker(start(folder));
      expect(second.code).toBe(1);
      expect(second.stderr).toMatch(/error: expected .* to be free, it is used by another/);

      bot.process.kill('SIGINT');
      const { code, stdout } = await bot.finished;
      expect(code).toBe(0);
      expect(stdout).toMatch(/SIGINT: draining/);
      expect(stdout).toMatch(/pending/i);
      expect(stdout).toContain('Chain and ledger agree.');
      expect(await genesisOf(folder)).toBe(genesis);
    } finally {
      bot.process.kill('SIGKILL');
    }
  });

  it('behavior: begins anew when it is told to, and stops by itself', { timeout: 120_000 }, async () => {
    const { code, json } = await runWattmaker(start(folder, '--duration', '3', '--json', '--fresh'));
    expect(code).toBe(0);
    expect(json).toMatchObject({ reconciled: true });
    expect(await genesisOf(folder)).not.toBe(genesis);
  });
});

describe('wattmaker start on Redis and Postgres', async () => {
  const redis = await redisService();
  const postgres = await postgresService();
  afterAll(async () => {
    if ('stop' in redis) await redis.stop();
    if ('stop' in postgres) await postgres.stop();
  });

  it.skipIf('missing' in redis || 'missing' in postgres)(
    'default: the same, on real servers',
    { timeout: 240_000 },
    async () => {
      if ('missing' in redis || 'missing' in postgres) return;
      const folder = await newFolder();
      const env = { REDIS_URL: redis.url, DATABASE_URL: postgres.url };
      const { code, json } = await trade(start(folder, '--json', '--fresh'), env);
      expect(code).toBe(0);
      expectTrades(json);
      expect(json).toMatchObject({
        queue: expect.stringMatching(/^redis:/),
        ledger: expect.stringMatching(/^postgres:/),
      });
    },
  );
});
