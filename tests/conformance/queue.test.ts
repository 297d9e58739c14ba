import { afterAll, describe, expect, test } from 'vitest';
import { createPgliteQueue, createRedisQueue, openMemoryDatabase } from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { redisService } from '../support/services.ts';
import { describeQueuePort } from './queue-port.ts';

const times = { lockMs: 500, stalledCheckMs: 250 };
const redis = await redisService();
afterAll(async () => {
  if (!('missing' in redis)) await redis.stop();
});

describeQueuePort('the embedded database', async () => {
  const database = await openMemoryDatabase();
  const queue = await createPgliteQueue({ database, log: collectingLog() }, times);
  return {
    queue,
    async close() {
      await queue.close({ deadlineMs: 1_000 });
      await database.close();
    },
  };
});

describeQueuePort(
  'Redis',
  async () => {
    const url = 'missing' in redis ? '' : redis.url;
    const queue = await createRedisQueue({ log: collectingLog() }, { url, prefix: `test-${process.pid}`, ...times });
    return { queue, close: () => queue.close({ deadlineMs: 1_000 }) };
  },
  'missing' in redis ? redis.missing : null,
);

describe('createRedisQueue', () => {
  test('error: nothing answers', async () => {
    const opening = createRedisQueue({ log: collectingLog() }, { url: 'redis://user:hunter2@127.0.0.1:1' });
    await expect(opening).rejects.toThrow('cannot reach Redis at 127.0.0.1:1');
  });

  test('error: not a URL', async () => {
    const opening = createRedisQueue({ log: collectingLog() }, { url: 'hunter2' });
    await expect(opening).rejects.toThrow('expected REDIS_URL to be a URL');
  });
});
