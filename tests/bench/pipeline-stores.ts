import { Redis } from 'ioredis';
import pg from 'pg';
import type { LedgerBinding, LedgerPort, QueuePort } from '../../src/execution/index.ts';
import {
  createPgliteLedger,
  createPgliteQueue,
  createPostgresLedger,
  createRedisQueue,
  openMemoryDatabase,
} from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { postgresService, redisService } from '../support/services.ts';

export interface PipelineStores {
  readonly runsOn: string;
  readonly ledger: LedgerPort;
  readonly queue: QueuePort;
  close(): Promise<void>;
}

const log = collectingLog();

/** Redis and Postgres, of the environment or of the machine; null, told to `progress`, where one is missing. */
export async function openServers(
  binding: LedgerBinding,
  progress: (line: string) => void,
): Promise<PipelineStores | null> {
  const redis = await redisService();
  const postgres = await postgresService();
  const stop = async () => {
    if (!('missing' in redis)) await redis.stop();
    if (!('missing' in postgres)) await postgres.stop();
  };
  if ('missing' in redis || 'missing' in postgres) {
    for (const service of [redis, postgres]) if ('missing' in service) progress(`pipeline: ${service.missing}`);
    await stop();
    return null;
  }
  const name = `bench_${process.pid}`;
  const ledger = await createPostgresLedger({ log }, { url: postgres.url, binding, schema: name });
  const queue = await createRedisQueue({ log }, { url: redis.url, prefix: name });
  return {
    runsOn: 'Redis + Postgres',
    ledger,
    queue,
    async close() {
      await queue.close({ deadlineMs: 2_000 });
      await ledger.close();
      const client = new Redis(redis.url);
      const keys = await client.keys(`${name}:*`);
      if (keys.length > 0) await client.del(...keys);
      client.disconnect();
      const pool = new pg.Pool({ connectionString: postgres.url, max: 1 });
      await pool.query(`DROP SCHEMA ${name} CASCADE`);
      await pool.end();
      await stop();
    },
  };
}

/** Queue and ledger in one embedded database, in this process as in a bot's. */
export async function openEmbedded(binding: LedgerBinding): Promise<PipelineStores> {
  const database = await openMemoryDatabase();
  const ledger = await createPgliteLedger({ database }, { binding });
  const queue = await createPgliteQueue({ database, log });
  return {
    runsOn: 'embedded',
    ledger,
    queue,
    async close() {
      await queue.close({ deadlineMs: 2_000 });
      await ledger.close();
      await database.close();
    },
  };
}
