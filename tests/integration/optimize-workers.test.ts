import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { recordNeighbourhood } from '../support/recorded-market.ts';
import { writeRecording } from '../support/recording-folder.ts';
import { runWattmaker, startWattmaker, type Wattmaker } from '../support/run-wattmaker.ts';
import { redisService } from '../support/services.ts';

const base = mkdtempSync(join(tmpdir(), 'wattmaker-workers-'));
const [here, copy, other] = ['here', 'copy', 'other'].map((name) => join(base, name)) as [string, string, string];
const redis = await redisService();
const url = 'missing' in redis ? '' : redis.url;
const started: Wattmaker[] = [];

beforeAll(() => {
  const events = recordNeighbourhood(300, 3);
  // The same content in two places, as on two machines.
  for (const folder of [here, copy]) writeRecording(folder, events, 200);
  writeRecording(other, recordNeighbourhood(300, 4), 200);
});
afterAll(async () => {
  for (const each of started) each.process.kill('SIGKILL');
  await Promise.all(started.map(({ finished }) => finished));
  rmSync(base, { recursive: true, force: true });
  if (!('missing' in redis)) await redis.stop();
});

const options = [
  '--strategy',
  'market-maker',
  '--space',
  'halfSpreadPercent=2:30',
  '--space',
  'lotWh=100:2000',
  '--trials',
  '12',
  '--folds',
  '2',
  '--json',
];
const optimize = (study: string, more: readonly string[]): Wattmaker => {
  const run = startWattmaker(['optimize', here, '--study', join(base, study), ...options, ...more], { cwd: base });
  started.push(run);
  return run;
};
const work = (folder: string): Wattmaker => {
  const run = startWattmaker(['optimize-worker', folder, '--strategy', 'market-maker', '--jobs', '1'], {
    env: { REDIS_URL: url },
    cwd: base,
  });
  started.push(run);
  return run;
};
const keys = (study: string): readonly string[] =>
  readFileSync(join(base, study, 'trials.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line.slice(17)) as { readonly key: string }).key);

describe.skipIf('missing' in redis)('a study over the workers of a queue', () => {
  it('behavior: ends in what one process comes to, though a worker is killed in the middle', {
    timeout: 240_000,
  }, async () => {
    const alone = await optimize('alone', ['--jobs', '1']).finished;
    expect(alone.code, alone.stderr).toBe(0);

    const stranger = work(other);
    const workers = [work(copy), work(copy)] as const;
    for (const each of [stranger, ...workers]) {
      await eventually(() => expect(each.stdout()).toContain('ready'), { timeoutMs: 60_000 });
    }
    const shared = optimize('shared', ['--jobs', '0', '--redis', url]);
    await eventually(() => expect(workers[0].stderr()).toContain('trial 3 played'), {
      timeoutMs: 60_000,
      intervalMs: 5,
    });
    workers[0].process.kill('SIGKILL');
    const { code, stdout, stderr } = await shared.finished;
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(alone.stdout);
    // Nothing is lost, and nothing counts twice.
    expect(new Set(keys('shared'))).toEqual(new Set(keys('alone')));
    expect(keys('shared')).toHaveLength(keys('alone').length);

    expect(stranger.stderr()).toContain('this worker has no recording with the hash');
    expect(stranger.stderr()).not.toContain('played');
    workers[1].process.kill('SIGTERM');
    const ended = await workers[1].finished;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/\d+ trials played/);
  });

  it('behavior: what a worker cannot play ends the study with its reason', { timeout: 120_000 }, async () => {
    const broken = optimize('broken', ['--redis', url, '--jobs', '1', '--latency', '0']);
    const { code, stderr } = await broken.finished;
    expect(stderr).toContain('expected the latency in blocks to be 1 or more, was 0');
    expect(code).toBe(2);
  });
});

it('error: a worker without a queue', { timeout: 60_000 }, async () => {
  const { code, stderr } = await runWattmaker(['optimize-worker', here, '--strategy', 'market-maker'], { cwd: base });
  expect(code).toBe(2);
  expect(stderr).toContain('expected --redis with the URL of a queue, was none');
});
