import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScheduleInput } from '../../src/devnet/faults/schedule.ts';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { Session } from './support/session.ts';

const schedule: ScheduleInput = {
  seed: 7,
  requests: 0.2,
  posts: 0.5,
  blocks: 0.3,
  kinds: ['drop', 'rate-limit', 'server-error', 'swallow', 'stall', 'indexer-lag', 'reorg', 'forget', 'restart'],
};

let folder: string;
let devnet: TestDevnet;
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wattmaker-faults-'));
  devnet = await startTestDevnet({ faults: schedule, faultLog: join(folder, 'faults.log') });
  session = new Session(devnet);
});
afterAll(async () => {
  await devnet?.stop();
  await rm(folder, { recursive: true });
});

/** Asks, posts and mines one after the other, and answers with what went wrong. */
async function live(rounds: number) {
  const { firings } = await devnet.faults.report();
  const transfer = await session.transfer(testAccount(1), testAccount(2).address, 1n, 20);
  for (let round = 0; round < rounds; round += 1) {
    await session.fetch('/v2/info').catch(() => {});
    await session.fetch('/extended/v2/blocks/latest').catch(() => {});
    await session.post(transfer).catch(() => {});
    await devnet.mine();
  }
  return (await devnet.faults.log(firings)).map(({ kind, what }) => `${kind} ${what.replace(/fault \d+/, 'fault')}`);
}

describe('a seeded schedule', () => {
  it('that the chain starts with says what it does, is the same again by its seed, and another by another', async () => {
    const before = (await devnet.faults.report()).schedule;
    expect(before).toMatchObject({ ...schedule, on: 'any', seen: { request: 0, post: 0, block: 0 } });
    const first = await live(20);
    expect(await devnet.faults.report()).toMatchObject({ schedule: { seen: { request: 40, post: 20, block: 20 } } });
    await devnet.faults.clear();
    await devnet.faults.schedule(schedule);
    // The chain is another one by now, so only what depends on the number alone has to be the same.
    const byNumber = (lines: readonly string[]) => lines.filter((line) => /, (request|post) \d+/.test(line));
    const second = await live(20);
    expect(byNumber(second)).toEqual(byNumber(first));
    expect(byNumber(first).length).toBeGreaterThan(5);
    await devnet.faults.clear();
    await devnet.faults.schedule({ ...schedule, seed: 8 });
    expect(byNumber(await live(20))).not.toEqual(byNumber(first));
  });

  it('writes down and counts everything, with the seed at the top', async () => {
    await devnet.faults.clear();
    const lines = (await readFile(join(folder, 'faults.log'), 'utf8')).trim().split('\n');
    const [top, ...rest] = lines.map(
      (line) => JSON.parse(line) as { n: number; kind: string; time: number; what: string },
    );
    expect(top).toMatchObject({
      n: 0,
      kind: 'schedule',
      what: expect.stringContaining('"seed":7'),
      time: expect.any(Number),
    });
    const firings = rest.filter(({ kind }) => kind !== 'schedule');
    expect(firings.map(({ n }) => n)).toEqual(firings.map((_, index) => index + 1));
    const counts = await devnet.faults.counts();
    expect(counts).toEqual(
      Object.fromEntries(Object.keys(counts).map((kind) => [kind, firings.filter((one) => one.kind === kind).length])),
    );
    expect(Object.keys(counts)).toEqual(
      expect.arrayContaining(['drop', 'rate-limit', 'server-error', 'swallow', 'reorg']),
    );
  });

  it('also strikes a chain that mines by the clock', async () => {
    await devnet.faults.schedule({ seed: 1, requests: 0, posts: 0, blocks: 1, kinds: ['reorg'] });
    const before = (await devnet.faults.counts()).reorg ?? 0;
    await devnet.admin('mining', { intervalMs: 20 });
    await eventually(async () => expect((await devnet.faults.counts()).reorg).toBeGreaterThan(before + 2), {
      timeoutMs: 60_000,
    });
    await devnet.admin('mining', { intervalMs: 0 });
    await devnet.faults.endSchedule();
    expect((await devnet.faults.report()).schedule).toBeNull();
  });

  it('is refused with every wrong value', async () => {
    await expect(devnet.faults.schedule({ seed: -1, posts: 2, kinds: ['fire'] } as never)).rejects.toThrow(
      /400.*seed: .*, was -1; posts: .*, was 2; kinds\.0: .*, was \\"fire\\"/,
    );
    await expect(startTestDevnet({ faults: {} as never })).rejects.toThrow(/^faults: seed: .*, was undefined$/);
  });
});

describe('a restart within the process', () => {
  it('cuts the connections of clients and comes back with the same chain', async () => {
    const info = await session.json('/v2/info');
    await devnet.faults.add({ kind: 'hang', on: '/v2/info', times: 1 });
    const hanging = expect(session.fetch('/v2/info')).rejects.toThrow(/fetch failed/);
    await eventually(async () => expect((await devnet.faults.counts()).hang).toBe(1));
    await devnet.faults.restart('keep');
    await hanging;
    expect(await session.json('/v2/info')).toEqual(info);
  });
});
