import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runWattmaker, startWattmaker } from '../support/run-wattmaker.ts';
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

describe('wattmaker start', () => {
  it('default: trades with the neighbours, stops by itself, and goes on where it stopped', {
    timeout: 240_000,
  }, async () => {
    const folder = await newFolder();
    const first = await runWattmaker(start(folder, '--duration', '30', '--json'));
    expect(first.stderr).not.toMatch(/"level":(50|60)/);
    expect(first.code).toBe(0);
    expectTrades(first.json);

    const second = await runWattmaker(start(folder, '--duration', '8', '--json'));
    expect(second.code).toBe(0);
    const before = first.json as { height: number; fills: { bought: number } };
    const after = second.json as { height: number; fills: { bought: number }; reconciled: boolean };
    expect(after.height).toBeGreaterThan(before.height);
    expect(after.fills.bought).toBeGreaterThanOrEqual(before.fills.bought);
    expect(after.reconciled).toBe(true);

    const fresh = await runWattmaker(start(folder, '--duration', '5', '--json', '--fresh'));
    expect(fresh.code).toBe(0);
    expect((fresh.json as { height: number }).height).toBeLessThan(before.height);
  });

  it('behavior: answers status, halt and resume, refuses a second one, and drains on Ctrl-C', {
    timeout: 120_000,
  }, async () => {
    const folder = await newFolder();
    const bot = startWattmaker(start(folder));
    try {
      const ask = (...args: string[]) => runWattmaker([...args, '--data', folder, '--json']);
      await eventually(async () => expect((await ask('health')).json).toEqual({ ok: true }), {
        timeoutMs: 90_000,
        intervalMs: 500,
      });
      expect((await ask('halt')).json).toEqual({ state: 'halted' });
      expect((await ask('status')).json).toMatchObject({ haltState: 'halted' });
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
    } finally {
      bot.process.kill('SIGKILL');
    }
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
    { timeout: 120_000 },
    async () => {
      if ('missing' in redis || 'missing' in postgres) return;
      const folder = await newFolder();
      const env = { REDIS_URL: redis.url, DATABASE_URL: postgres.url };
      const { code, json } = await runWattmaker(start(folder, '--duration', '30', '--json', '--fresh'), { env });
      expect(code).toBe(0);
      expectTrades(json);
      expect(json).toMatchObject({
        queue: expect.stringMatching(/^redis:/),
        ledger: expect.stringMatching(/^postgres:/),
      });
    },
  );
});
