import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type Quickstart, quickstart } from '../support/quickstart.ts';
import type { Wattmaker } from '../support/run-wattmaker.ts';
import { postgresService, redisService } from '../support/services.ts';

const PATIENT = { timeoutMs: 240_000, intervalMs: 50 };
const redis = await redisService();
const postgres = await postgresService();
const skip = 'missing' in redis || 'missing' in postgres;
const env = skip ? {} : { REDIS_URL: redis.url, DATABASE_URL: postgres.url };

/** How often each sign stands in what the bot has printed. */
const shown = (bot: Wattmaker, sign: string): number => bot.stdout().split(sign).length - 1;

describe.skipIf(skip)('two processes of one config, on one Redis and one Postgres', () => {
  let world: Quickstart;
  let files: readonly string[];

  beforeAll(async () => {
    world = await quickstart({ blockIntervalMs: 500, inThisProcess: true });
    // Ben changes his mind with every block, so that there is always something to send.
    const restless = `strategy: surplus-seller
    parameters: { slotBlocks: 4, repricePercent: 1, minAgeBlocks: 1 }`;
    const change = (text: string) => text.replace('strategy: surplus-seller', restless);
    files = [await world.variant('first', change), await world.variant('second', change)];
  }, 600_000);
  afterAll(async () => {
    await world?.stop();
    if (!('missing' in redis)) await redis.stop();
    if (!('missing' in postgres)) await postgres.stop();
  });

  const start = (index: number): Wattmaker => world.start(['run', '--config', files[index] ?? ''], env);
  const status = (index: number) => world.done('status', '--config', files[index] ?? '');
  const untilSent = (bot: Wattmaker, more = 1) => {
    const before = shown(bot, '→');
    return eventually(() => expect(shown(bot, '→'), bot.stderr()).toBeGreaterThanOrEqual(before + more), PATIENT);
  };

  it('behavior: the second stands by, takes over from a killed or suspended one, and nothing is doubled', {
    timeout: 900_000,
  }, async () => {
    const first = start(0);
    await untilSent(first);
    const second = start(1);
    await eventually(() => expect(second.stdout(), second.stderr()).toContain('standing by'), PATIENT);
    expect(await status(1)).toMatchObject({ standby: true, lanes: [{ epoch: null }] });
    expect(shown(second, '→')).toBe(0);

    // A process that is suspended for longer than its lease is a zombie once it wakes.
    first.process.kill('SIGSTOP');
    const from = performance.now();
    await untilSent(second);
    console.log(`the second process sent ${Math.round(performance.now() - from)} ms after the first was suspended`);
    first.process.kill('SIGCONT');
    await eventually(() => expect(first.stdout()).toContain('standing by'), PATIENT);
    expect(await status(0)).toMatchObject({ standby: true, lanes: [{ epoch: null }] });
    expect(await status(1)).toMatchObject({ standby: false, lanes: [{ epoch: 2, halt: null }] });

    second.process.kill('SIGKILL');
    await second.finished;
    const killed = performance.now();
    await untilSent(first);
    console.log(`the first process sent ${Math.round(performance.now() - killed)} ms after the second was killed`);

    expect(await status(0)).toMatchObject({ standby: false, lanes: [{ epoch: 3, halt: null }] });
    expect(await world.done('reconcile', '--config', files[0] ?? '')).toMatchObject({
      reconciled: true,
      differences: [],
    });
    first.process.kill('SIGINT');
    expect((await first.finished).code).toBe(0);
  });
});
