import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { height, microStx, price, sequence, tradeId, txId, wh } from '../../src/core/index.ts';
import type { LedgerBinding, LedgerPort, QueuePort } from '../../src/execution/index.ts';
import type { LaneLease, LaneLedger } from '../../src/execution/ports/ledger.ts';
import { pruneLedger } from '../../src/service/retention.ts';
import {
  createPgliteLedger,
  createPgliteQueue,
  createPostgresLedger,
  createRedisQueue,
  openEmbeddedDatabase,
} from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { eventually } from '../support/eventually.ts';
import { postgresService, redisService } from '../support/services.ts';
import { testPrincipal } from '../support/test-principal.ts';
import { ALICE, BOB, OPERATOR, planList } from '../support/trading-fixtures.ts';

/** LONG_RUN=20000 plays so many transactions. */
const TRANSACTIONS = Number(process.env.LONG_RUN ?? 400);
const ROUNDS = 5;
const LANES = Array.from({ length: 4 }, (_, index) => testPrincipal(500 + index));
/** One transaction ends every half an hour. */
const STEP_MS = 30 * 60_000;
const TOPIC = 'posts';

interface Stores {
  readonly ledger: LedgerPort;
  readonly queue: QueuePort;
  compact(): Promise<void>;
  /** Rows by table, and keys. */
  counts(): Promise<Record<string, number>>;
  /** Room that they take. */
  bytes(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

const binding: LedgerBinding = {
  identity: { chainId: 2147483648, genesis: 'ab'.repeat(32) },
  contractId: `${OPERATOR}.energy-grid`,
};
const log = collectingLog();
const redis = await redisService();
const postgres = await postgresService();
afterAll(async () => {
  if (!('missing' in redis)) await redis.stop();
  if (!('missing' in postgres)) await postgres.stop();
});

interface Queryable {
  query<Row>(sql: string): Promise<{ readonly rows: readonly Row[] }>;
}

async function rowsIn(database: Queryable, schemas: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await database.query<{ name: string }>(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('${schemas.join("', '")}') ORDER BY 1`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const counted = await database.query<{ count: string | number }>(`SELECT count(*) AS count FROM ${name}`);
    counts[name] = Number(counted.rows[0]?.count);
  }
  return counts;
}

async function sizeOf(database: Queryable, schemas: readonly string[]): Promise<number> {
  const { rows } = await database.query<{ size: string | number }>(
    `SELECT sum(pg_total_relation_size(schemaname || '.' || tablename)) AS size FROM pg_tables
     WHERE schemaname IN ('${schemas.join("', '")}')`,
  );
  return Number(rows[0]?.size);
}

async function embedded(): Promise<Stores> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-retention-'));
  const database = await openEmbeddedDatabase(folder);
  const ledger = await createPgliteLedger({ database }, { binding });
  const queue = await createPgliteQueue({ database, log });
  const schemas = ['wattmaker', 'bullmq'];
  return {
    ledger,
    queue,
    compact: () => database.compact(),
    counts: () => rowsIn(database.pool, schemas),
    async bytes() {
      const { stdout } = await promisify(execFile)('du', ['-sk', folder]);
      return { tables: await sizeOf(database.pool, schemas), folder: Number.parseInt(stdout, 10) * 1024 };
    },
    async close() {
      await queue.close({ deadlineMs: 1_000 });
      await ledger.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function onServers(): Promise<Stores> {
  const redisUrl = 'missing' in redis ? '' : redis.url;
  const url = 'missing' in postgres ? '' : postgres.url;
  const schema = `retention_${process.pid}`;
  const ledger = await createPostgresLedger({ log }, { url, binding, schema });
  const queue = await createRedisQueue({ log }, { url: redisUrl, prefix: schema });
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  const database: Queryable = { query: async (sql) => ({ rows: (await pool.query(sql)).rows }) };
  const client = new Redis(redisUrl);
  return {
    ledger,
    queue,
    compact: async () => undefined,
    async counts() {
      const keys = await client.keys(`${schema}*`);
      const events = keys.filter((key) => key.endsWith(':events'));
      const lengths = await Promise.all(events.map((key) => client.xlen(key)));
      return {
        ...(await rowsIn(database, [schema])),
        'keys of jobs': keys.filter((key) => !OF_THE_TOPIC.test(key)).length,
        'redis events': lengths.reduce((sum, length) => sum + length, 0),
      };
    },
    async bytes() {
      const memory = /used_memory:(\d+)/.exec(await client.info('memory'))?.[1];
      return { tables: await sizeOf(database, [schema]), redis: Number(memory) };
    },
    async close() {
      await queue.close({ deadlineMs: 1_000 });
      await ledger.close();
      await pool.query(`DROP SCHEMA ${schema} CASCADE`);
      await pool.end();
      client.disconnect();
    },
  };
}

async function leaseOf(ledger: LedgerPort): Promise<LaneLease> {
  const lease = await ledger.acquireLanes({ lanes: LANES, holder: 'player', ttlMs: 24 * 60 * 60_000 });
  if (lease === null) throw new Error('expected a lease');
  return lease;
}

/** Plays the whole life of transactions, one at a time on each lane. */
async function player({ ledger, queue }: Stores) {
  let now = Date.UTC(2030, 0, 1);
  let events = 0;
  let block = 100;
  const arrived = new Set<string>();
  const lease = await leaseOf(ledger);
  await queue.consume({
    topic: TOPIC,
    concurrency: LANES.length,
    handler: async ({ id, data }) => {
      const transactionId = Number(data.transaction);
      const lane = lease.lanes[Number(data.lane)] as LaneLedger;
      await lane.transition({ transactionIds: [transactionId], from: ['queued'], to: 'broadcast', at: now });
      await lane.transition({ transactionIds: [transactionId], from: ['broadcast'], to: 'mempool', at: now });
      arrived.add(id);
      return { kind: 'done' };
    },
  });

  async function live(index: number, number: number): Promise<void> {
    const lane = lease.lanes[index] as LaneLedger;
    const { lane: operator } = lane;
    const name = `t-${number}`;
    const id = txId(createHash('sha256').update(name).digest('hex'));
    const at = now;
    const openUntil = height(block + 20);
    const planned = [
      planList({ id: `${name}-1`, operator, account: ALICE, at: height(block), openUntil }),
      planList({ id: `${name}-2`, operator, account: BOB, at: height(block), openUntil }),
    ];
    const intentIds = planned.map((one) => one.id);
    await lease.recordIntents({ planned: [...planned, planList({ id: `${name}-3`, operator })], at });
    await lane.cancelIntents({ ids: [`${name}-3`], at });
    await ledger.recordTurn({ turn: number, height: height(block), at, allowed: 2, denied: { PRICE_BAND: 1 } });
    const entries = [ALICE, BOB].map((seller) => ({ seller, amount: 200n, price: 90n }));
    const call = {
      kind: 'tradeEnergyFor',
      validUntil: BigInt(block + 5),
      openUntil: BigInt(openUntil),
      entries,
    } as const;
    const outcome = await lane.claim({ call, intentIds, chainNonce: 0, window: Number.MAX_SAFE_INTEGER, at });
    if (outcome.kind !== 'claimed') throw new Error(`expected a claim, was ${outcome.kind}`);
    const transactionId = outcome.transaction.id;
    const hex = id.repeat(8);
    const attempt = { txId: id, hex, sha256: id, fee: microStx(400), noop: false, createdAt: at };
    await lane.addAttempt({ transactionId, attempt });
    await lane.transition({ transactionIds: [transactionId], from: ['signed'], to: 'queued', at });
    await queue.enqueue({
      topic: TOPIC,
      jobs: [{ id: `tx-${id}`, data: { transaction: transactionId, lane: index, hex } }],
    });
    await eventually(() => expect(arrived.delete(`tx-${id}`)).toBe(true), { intervalMs: 2, timeoutMs: 60_000 });

    const inclusion = { txId: id, height: height(block), indexBlockHash: id, resultHex: '07', fee: microStx(400) };
    const trades = intentIds.map((_, index) => tradeId(2 * number + index + 1));
    const results = intentIds.map((intentId, index) => ({
      kind: 'ok' as const,
      intentId,
      value: Number(trades[index]),
    }));
    await lane.include({ transactionId, inclusion: { ...inclusion, status: 'success' }, results, at });
    await lane.settle({ transactionId, at });
    await lane.finalize({ transactionId, at });
    const trade = { txId: id, height: height(block), amount: wh(200), price: price(90) };
    const listings = trades.map((offer, index) => {
      const seller = index === 0 ? ALICE : BOB;
      return { ...trade, sequence: sequence(++events), tradeId: offer, seller };
    });
    // Of two offers one is sold, the other expires.
    const sold = listings[0] as (typeof listings)[number];
    const common = { ...sold, sequence: sequence(++events), buyer: BOB, cost: microStx(18_000) };
    const prices = [{ sequence: sequence(++events), price: price(100 + (number % 5)) }];
    const energyPrice = price(100 + (number % 5));
    const fills = [{ ...common, side: 'sold' as const, energyPrice }];
    const marks = [{ sequence: sequence(events), digest: id }];
    await lease.recordEvents({ forgetAfter: null, listings, fills, prices, marks, at });
  }

  return {
    async play(from: number, count: number): Promise<void> {
      for (let number = from; number < from + count; number += LANES.length) {
        const here = LANES.slice(0, from + count - number);
        await Promise.all(here.map((_, index) => live(index, number + index)));
        now += STEP_MS * here.length;
        block += here.length;
      }
    },
    clock: { now: () => now },
    height: () => height(block),
  };
}

const setUps: readonly (readonly [string, () => Promise<Stores>, string | null])[] = [
  ['the embedded database', embedded, null],
  [
    'Redis and Postgres',
    onServers,
    'missing' in redis ? redis.missing : 'missing' in postgres ? postgres.missing : null,
  ],
];

describe.each(setUps)('a long run on %s', (name, open, missing) => {
  test.skipIf(missing !== null)(
    'keeps as many rows and keys after many transactions as after few, and counts them all',
    async () => {
      const stores = await open();
      try {
        const { play, clock, height: at } = await player(stores);
        const each = Math.ceil(TRANSACTIONS / ROUNDS / LANES.length) * LANES.length;
        const checkpoints: Record<string, number>[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          await play(round * each, each);
          await pruneLedger(
            { ledger: stores.ledger, clock, log, compact: stores.compact },
            {
              retention: { days: 2, transactions: 1_000_000, everyMinutes: 1 },
              execution: { finalDepth: 6 },
              readThrough: at,
              signal: new AbortController().signal,
            },
          );
          await eventually(
            async () => expect(await stores.queue.counts(TOPIC)).toEqual({ waiting: 0, delayed: 0, active: 0 }),
            { timeoutMs: 60_000 },
          );
          checkpoints.push(await stores.counts());
          const size = Object.entries(await stores.bytes()).map(([what, bytes]) => `${what} ${mebibytes(bytes)}`);
          console.log(`${name}, ${(round + 1) * each} transactions: ${size.join(', ')}`);
        }
        console.log(`${name}, rows and keys at the end: ${JSON.stringify(checkpoints.at(-1))}`);
        expectFlat(checkpoints.slice(1));
        const { transactions, intents, fills, listed, feesPaid, turns } = await stores.ledger.summary();
        const all = each * ROUNDS;
        expect({ ...transactions, ...intents, turns }).toMatchObject({
          final: all,
          done: 2 * all,
          cancelled: all,
          turns: all,
        });
        expect(fills.sold).toEqual({ count: all, energy: 200 * all, cost: 18_000 * all });
        expect({ listed, feesPaid }).toEqual({ listed: { count: 2 * all, energy: 400 * all }, feesPaid: 400 * all });
      } finally {
        await stores.close();
      }
    },
    300_000 + TRANSACTIONS * 1_000,
  );
});

/** What BullMQ keeps of a topic whatever goes through it; some of these come and go with its checks for stalled jobs. */
const OF_THE_TOPIC =
  /:(meta|id|events|stalled-check|stalled|active|wait|delayed|marker|completed|failed|prioritized|pc)$/;

/** What BullMQ leaves of a topic's events: a hundred, and the 256 after which the embedded database cuts them. */
const MOST_EVENTS = 400;

/** No table and no key grows from the second checkpoint on; event streams are cut only now and then. */
function expectFlat(checkpoints: readonly Record<string, number>[]): void {
  const [first = {}] = checkpoints;
  const EVENTS = /event/;
  for (const counts of checkpoints) {
    for (const [what, count] of Object.entries(counts)) {
      const most = EVENTS.test(what) ? MOST_EVENTS : (first[what] ?? 0);
      expect(count, `${what}, ${JSON.stringify(checkpoints.map((one) => one[what]))}`).toBeLessThanOrEqual(most);
    }
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
