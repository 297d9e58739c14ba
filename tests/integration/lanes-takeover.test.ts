import { afterAll, beforeAll, describe, expect, type Mock, test, vi } from 'vitest';
import { LostLaneError, microStx, TransientError } from '../../src/core/index.ts';
import { createExecution, type Execution, type LedgerPort, type QueuePort } from '../../src/execution/index.ts';
import { TRANSACTION_STATES } from '../../src/execution/ports/transaction.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import { createPostgresLedger, createRedisQueue } from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { defaultConfig, LANE, NOW } from '../support/execution-world.ts';
import { FakeChain, timedOut } from '../support/fake-chain.ts';
import { postgresService, redisService } from '../support/services.ts';
import { planBuy } from '../support/trading-fixtures.ts';

const redis = await redisService();
const postgres = await postgresService();
const skip = 'missing' in redis || 'missing' in postgres;

interface Host {
  readonly execution: Execution;
  /** Called when the host learns that its lanes are gone. */
  readonly lost: Mock<() => void>;
  /** From now on it reaches neither ledger nor queue, as one that was killed or suspended. */
  vanish(): Promise<void>;
  /** It wakes, with all that it knew, and finds the ledger again. */
  wake(): void;
  close(): Promise<void>;
}

describe.skipIf(skip)('two hosts on one Postgres and one Redis', () => {
  const chain = new FakeChain(LANE);
  const hosts: Host[] = [];
  const contractId = `${LANE}.energy-grid`;
  let ledger: LedgerPort;

  const openLedger = async () =>
    createPostgresLedger(
      { log: collectingLog() },
      {
        url: 'missing' in postgres ? '' : postgres.url,
        binding: { identity: await chain.identity(), contractId },
        schema: `takeover_${process.pid}`,
      },
    );
  const openQueue = (): Promise<QueuePort> =>
    createRedisQueue(
      { log: collectingLog() },
      { url: 'missing' in redis ? '' : redis.url, prefix: `takeover-${process.pid}` },
    );

  async function start(holder: string): Promise<Host> {
    const own = await openLedger();
    const queue = await openQueue();
    let reachable = true;
    const failing = new Proxy(own, {
      get(target, name) {
        const verb = Reflect.get(target, name, target);
        if (reachable || typeof verb !== 'function') return verb;
        return () => Promise.reject(new TransientError('this host reaches nothing'));
      },
    });
    const signer = createLocalSigner({
      keys: [keyFromText({ name: 'test', text: testAccount(0).privateKey })],
      network: 'embedded',
      contractId,
      feeCap: microStx(50_000),
    });
    const execution = createExecution(
      {
        ledger: {
          ...failing,
          acquireLanes: async (parameters) => {
            const lease = await failing.acquireLanes(parameters);
            if (lease === null) return null;
            const renew: typeof lease.renew = (options) =>
              reachable ? lease.renew(options) : Promise.reject(new TransientError('this host reaches nothing'));
            return { ...lease, renew };
          },
        },
        queue,
        chain,
        signer,
        clock: { now: () => Date.now() },
        log: collectingLog(),
      },
      { ...defaultConfig, lease: { holder } },
    );
    const lost = vi.fn<() => void>();
    execution.onLost(lost);
    const host: Host = {
      execution,
      lost,
      async vanish() {
        reachable = false;
        await queue.close({ deadlineMs: 0 });
      },
      wake() {
        reachable = true;
      },
      async close() {
        await queue.close({ deadlineMs: 0 });
        await own.close();
      },
    };
    hosts.push(host);
    return host;
  }

  beforeAll(async () => {
    ledger = await openLedger();
  });
  afterAll(async () => {
    for (const host of hosts) await host.close();
    await ledger?.close();
    if (!('missing' in redis)) await redis.stop();
    if (!('missing' in postgres)) await postgres.stop();
  });

  test('T6: the second takes over within the lease, and the first one wakes to find that it may write nothing', {
    timeout: 120_000,
  }, async () => {
    const first = await start('first');
    await first.execution.recover();
    chain.onBroadcast = () => timedOut;
    await first.execution.submit([planBuy({ id: 'b-1', operator: LANE, at: NOW })], { height: NOW });
    await eventually(() => expect(chain.posts.length).toBeGreaterThan(0));

    const second = await start('second');
    expect(await second.execution.recover()).toBeNull();
    await first.vanish();
    // The lease lasts 5 seconds.
    await eventually(async () => expect(await second.execution.recover()).not.toBeNull(), { timeoutMs: 60_000 });
    expect(await ledger.lanes()).toMatchObject([{ lane: LANE, epoch: 2, holder: 'second' }]);

    first.wake();
    // Without any write of ours: the renewal of the lease tells.
    await eventually(() => expect(first.lost).toHaveBeenCalledOnce(), { timeoutMs: 30_000 });
    const late = planBuy({ id: 'late', operator: LANE, at: NOW });
    await expect(first.execution.submit([late], { height: NOW })).rejects.toThrow(LostLaneError);
    expect(await ledger.intents(['late'])).toEqual([]);
    expect(await first.execution.recover()).toBeNull();

    chain.onBroadcast = null;
    await eventually(() => expect(chain.mempool.size).toBe(1), { timeoutMs: 30_000 });
    chain.mine();
    await second.execution.confirm();
    expect((await ledger.intents(['b-1'])).map(({ state }) => state)).toEqual(['done']);
    expect(await ledger.transactions({ states: TRANSACTION_STATES })).toHaveLength(1);
    expect(chain.executed).toHaveLength(1);
    await second.execution.drain({ deadlineMs: 1_000 });
  });
});
