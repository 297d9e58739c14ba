export { type EmbeddedDatabase, openEmbeddedDatabase, openMemoryDatabase } from './embedded/open.ts';
export type { QueueTimes } from './queue/bullmq-queue.ts';
export { createPgliteQueue } from './queue/pglite-queue.ts';
export { createRedisQueue, type RedisQueueParameters } from './queue/redis-queue.ts';
