export { lockFolder } from './embedded/folder-lock.ts';
export {
  type EmbeddedDatabase,
  type OpenEmbeddedDatabaseOptions,
  openEmbeddedDatabase,
  openMemoryDatabase,
} from './embedded/open.ts';
export { createPgliteLedger, type PgliteLedgerParameters } from './ledger/pglite-ledger.ts';
export { createPostgresLedger, type PostgresLedgerParameters } from './ledger/postgres-ledger.ts';
export type { QueueTimes } from './queue/bullmq-queue.ts';
export { createPgliteQueue } from './queue/pglite-queue.ts';
export { createRedisQueue, type RedisQueueParameters } from './queue/redis-queue.ts';
