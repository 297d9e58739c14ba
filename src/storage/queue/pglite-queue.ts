import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations, withBackend } from 'bullmq';
import type { Log } from '../../core/index.ts';
import type { QueuePort } from '../../execution/ports/queue.ts';
import type { EmbeddedDatabase } from '../embedded/open.ts';
import { type BullBackend, createBullQueue, type QueueTimes } from './bullmq-queue.ts';

const { Queue, Worker } = withBackend(createPostgresBackend);

/**
 * A queue in the embedded database; one to a database.
 *
 * It starts empty: the lock on the data folder proves that no other worker lives, and a job that an earlier process held
 * would only stand in the way until its lock runs out. The sweep brings back what is unfinished.
 */
export async function createPgliteQueue(
  { database, log }: { readonly database: EmbeddedDatabase; readonly log: Log },
  times: QueueTimes = {},
): Promise<QueuePort> {
  const client = await database.pool.connect();
  try {
    await runMigrations(client, DEFAULT_SCHEMA);
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
       WHERE schemaname = '${DEFAULT_SCHEMA}' AND tablename <> 'migration'`,
    );
    // Few rows at most. Truncating would make all tables' files anew, which takes six times as long.
    await client.query(rows.map(({ name }) => `DELETE FROM ${name}`).join('; '));
    // BullMQ's statements name no schema; all other users of the one session name theirs.
    await client.query(`SET search_path TO ${DEFAULT_SCHEMA}`);
  } finally {
    await client.release();
  }
  const connection = database.pool;
  const backend: BullBackend = {
    name: 'the embedded database',
    queue: (topic) => new Queue(topic, { connection, streams: { events: { maxLen: 100 } } }),
    worker: (topic, processor, options) =>
      new Worker(topic, (job, token, signal) => processor(job, token, signal), { ...options, connection }),
    close: async () => undefined,
  };
  return createBullQueue({ backend, log }, times);
}
