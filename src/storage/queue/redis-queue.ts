import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { ConfigError, type Log } from '../../core/index.ts';
import type { QueuePort } from '../../execution/ports/queue.ts';
import { type BullBackend, createBullQueue, type QueueTimes } from './bullmq-queue.ts';

export interface RedisQueueParameters extends QueueTimes {
  /** `redis://…` or `rediss://…`; a password in it appears in no message. */
  readonly url: string;
  /** Begins every key, so that several bots can share a server. @default 'wattmaker' */
  readonly prefix?: string;
}

/** How long a server may take to be ready; the client's own limit ends with the TCP connection. */
const READY_MS = 5_000;

/**
 * A queue in Redis 6.2 or newer, which should run with AOF and must run with `maxmemory-policy noeviction`.
 *
 * @throws ConfigError when nothing answers at `url`.
 */
export async function createRedisQueue(
  { log }: { readonly log: Log },
  { url, prefix = 'wattmaker', ...times }: RedisQueueParameters,
): Promise<QueuePort> {
  const name = describeUrl(url);
  // Adding a job fails fast, so that its caller can go on; workers wait until the server is back.
  const producer = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: READY_MS, lazyConnect: true });
  const consumer = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  let refusal: unknown;
  let connected = false;
  for (const connection of [producer, consumer]) {
    connection.on('error', (error) => {
      if (connected) log.warn({ error }, `${name}: ${error.message}`);
      else refusal = error;
    });
  }
  try {
    const late = delay(READY_MS, undefined, { ref: false }).then(() => {
      throw new Error(`it took the connection and was not ready within ${READY_MS} ms`);
    });
    late.catch(() => {});
    await Promise.race([producer.connect(), late]);
    connected = true;
  } catch (error) {
    producer.disconnect();
    // The client tells the reason as an event and throws only that the connection was closed.
    const cause = refusal ?? error;
    throw new ConfigError(`cannot reach ${name}`, { cause, hints: ['Check REDIS_URL and that the server is up.'] });
  }
  const backend: BullBackend = {
    name,
    queue: (topic) => new Queue(topic, { connection: producer, prefix, streams: { events: { maxLen: 100 } } }),
    worker: (topic, processor, options) =>
      new Worker(topic, (job, token, signal) => processor(job, token, signal), {
        ...options,
        prefix,
        connection: consumer,
      }),
    async close() {
      producer.disconnect();
      consumer.disconnect();
    },
  };
  return createBullQueue({ backend, log }, times);
}

function describeUrl(url: string): string {
  try {
    const { hostname, port } = new URL(url);
    return `Redis at ${hostname}:${port || 6379}`;
  } catch {
    throw new ConfigError('expected REDIS_URL to be a URL such as redis://127.0.0.1:6379');
  }
}
