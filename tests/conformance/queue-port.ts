import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Job, QueuePort, QueueWorker } from '../../src/execution/ports/queue.ts';
import { eventually } from '../support/eventually.ts';

export interface QueueHarness {
  readonly queue: QueuePort;
  close(): Promise<void>;
}

const job = (id: string): Job => ({ id, data: { of: id } });
const NEVER = new Promise<never>(() => undefined);

/** What every queue adapter must do. `open` makes one with a lock of 500 ms and stalled checks every 250 ms. */
export function describeQueuePort(name: string, open: () => Promise<QueueHarness>, skip: string | null = null): void {
  describe.skipIf(skip !== null)(`queue port on ${name}`, () => {
    let harness: QueueHarness;
    let queue: QueuePort;
    let topics = 0;
    const freshTopic = () => `topic-${++topics}`;

    /** Consumes a topic and collects what came and when. */
    async function collect(topic: string, concurrency = 1) {
      const seen: { id: string; at: number; data: Job['data'] }[] = [];
      const worker = await queue.consume({
        topic,
        concurrency,
        handler: async ({ id, data }) => {
          seen.push({ id, at: performance.now(), data });
          return { kind: 'done' };
        },
      });
      return { seen, worker };
    }

    const stopAll = async (...workers: QueueWorker[]) => {
      for (const worker of workers) await worker.stop({ deadlineMs: 1_000 });
    };

    beforeAll(async () => {
      harness = await open();
      queue = harness.queue;
    });
    afterAll(() => harness?.close());

    test('hands a job with its data to a worker, once', async () => {
      const topic = freshTopic();
      const { seen, worker } = await collect(topic);
      await queue.enqueue({ topic, jobs: [{ id: 'a-1', data: { hex: 'ff', nonce: 3, last: true, none: null } }] });
      await eventually(() => expect(seen).toHaveLength(1));
      expect(seen[0]).toMatchObject({ id: 'a-1', data: { hex: 'ff', nonce: 3, last: true, none: null } });
      await eventually(async () => expect(await queue.counts(topic)).toEqual({ waiting: 0, delayed: 0, active: 0 }));
      await stopAll(worker);
    });

    test('an idle worker picks a job up within 250 ms', async () => {
      const topic = freshTopic();
      const { seen, worker } = await collect(topic);
      await eventually(async () => expect(await queue.counts(topic)).toMatchObject({ active: 0 }));
      const waits: number[] = [];
      for (let index = 0; index < 5; index += 1) {
        const from = performance.now();
        await queue.enqueue({ topic, jobs: [job(`j-${index}`)] });
        await eventually(() => expect(seen).toHaveLength(index + 1), { intervalMs: 2 });
        waits.push((seen[index]?.at ?? Number.POSITIVE_INFINITY) - from);
      }
      // The best of five: a poll would miss them all, a busy machine only some.
      expect(Math.min(...waits)).toBeLessThan(250);
      await stopAll(worker);
    });

    test('works on as many jobs at once as its concurrency, and no more', async () => {
      const topic = freshTopic();
      let letGo: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      let running = 0;
      let most = 0;
      const worker = await queue.consume({
        topic,
        concurrency: 3,
        handler: async () => {
          running += 1;
          most = Math.max(most, running);
          await gate;
          running -= 1;
          return { kind: 'done' };
        },
      });
      for (let index = 0; index < 5; index += 1) await queue.enqueue({ topic, jobs: [job(`j-${index}`)] });
      await eventually(() => expect(running).toBe(3));
      expect(await queue.counts(topic)).toEqual({ waiting: 2, delayed: 0, active: 3 });
      letGo();
      await eventually(async () => expect(await queue.counts(topic)).toEqual({ waiting: 0, delayed: 0, active: 0 }));
      expect(most).toBe(3);
      await stopAll(worker);
    });

    test('ignores a job while one of the same id is unfinished', async () => {
      const topic = freshTopic();
      await queue.enqueue({ topic, jobs: [{ id: 'same', data: { take: 1 } }] });
      await queue.enqueue({ topic, jobs: [{ id: 'same', data: { take: 2 } }, job('other')] });
      const { seen, worker } = await collect(topic);
      await eventually(() => expect(seen.some(({ id }) => id === 'other')).toBe(true));
      expect(seen.filter(({ id }) => id === 'same')).toMatchObject([{ data: { take: 1 } }]);
      await stopAll(worker);
    });

    test('takes a job id again whose earlier job is done', async () => {
      const topic = freshTopic();
      const { seen, worker } = await collect(topic);
      for (let round = 1; round <= 3; round += 1) {
        await queue.enqueue({ topic, jobs: [job('again')] });
        await eventually(() => expect(seen).toHaveLength(round));
        await eventually(async () => expect((await queue.counts(topic)).active).toBe(0));
      }
      await stopAll(worker);
    });

    test('takes a job id again whose earlier job failed', async () => {
      const topic = freshTopic();
      let runs = 0;
      const worker = await queue.consume({
        topic,
        concurrency: 1,
        handler: async () => {
          runs += 1;
          if (runs === 1) throw new Error('the first run fails');
          return { kind: 'done' };
        },
      });
      await queue.enqueue({ topic, jobs: [job('fails')] });
      await eventually(async () => {
        expect(runs).toBe(1);
        expect(await queue.counts(topic)).toEqual({ waiting: 0, delayed: 0, active: 0 });
      });
      await queue.enqueue({ topic, jobs: [job('fails')] });
      await eventually(() => expect(runs).toBe(2));
      await stopAll(worker);
    });

    test('refuses a job id that the store would misread', async () => {
      for (const id of ['12', 'a:b', '', 'a b']) {
        await expect(queue.enqueue({ topic: 'ids', jobs: [job(id)] })).rejects.toThrow('expected a job id');
      }
    });

    test('holds a delayed job back until it is due', async () => {
      const topic = freshTopic();
      const { seen, worker } = await collect(topic);
      const from = performance.now();
      await queue.enqueue({ topic, jobs: [job('later')], delayMs: 400 });
      await queue.enqueue({ topic, jobs: [job('now')] });
      await eventually(() => expect(seen.map(({ id }) => id)).toEqual(['now', 'later']));
      // A clock read in milliseconds may be one short.
      expect((seen[1]?.at ?? 0) - from).toBeGreaterThanOrEqual(399);
      await stopAll(worker);
    });

    test('runs a job again after a delay, as often as its handler asks, without failing it', async () => {
      const topic = freshTopic();
      let runs = 0;
      const worker = await queue.consume({
        topic,
        concurrency: 1,
        handler: async () => {
          runs += 1;
          return runs < 4 ? { kind: 'again', delayMs: 20 } : { kind: 'done' };
        },
      });
      await queue.enqueue({ topic, jobs: [job('patient')] });
      await eventually(async () => {
        expect(runs).toBe(4);
        expect(await queue.counts(topic)).toEqual({ waiting: 0, delayed: 0, active: 0 });
      });
      await stopAll(worker);
    });

    test('gives the job of a worker that died to another', async () => {
      const topic = freshTopic();
      let taken = false;
      const dying = await queue.consume({
        topic,
        concurrency: 1,
        handler: async () => {
          taken = true;
          return NEVER;
        },
      });
      await queue.enqueue({ topic, jobs: [job('orphan')] });
      await eventually(() => expect(taken).toBe(true));
      // Letting go at once leaves the job as a killed process does: active, with a lock that nobody renews.
      expect(await dying.stop({ deadlineMs: 0 })).toBe(1);
      const { seen, worker } = await collect(topic);
      await eventually(() => expect(seen.map(({ id }) => id)).toEqual(['orphan']));
      await stopAll(worker);
    });

    test('gives up no job however often its workers die', async () => {
      const topic = freshTopic();
      await queue.enqueue({ topic, jobs: [job('unlucky')] });
      for (let death = 0; death < 3; death += 1) {
        let taken = false;
        const dying = await queue.consume({
          topic,
          concurrency: 1,
          handler: async () => {
            taken = true;
            return NEVER;
          },
        });
        await eventually(() => expect(taken).toBe(true));
        await dying.stop({ deadlineMs: 0 });
      }
      const { seen, worker } = await collect(topic);
      await eventually(() => expect(seen).toHaveLength(1));
      await stopAll(worker);
    });

    test('keeps the lock of a job that takes longer than the lock', async () => {
      const topic = freshTopic();
      let runs = 0;
      const from = performance.now();
      const slow = async () => {
        runs += 1;
        await eventually(() => expect(performance.now() - from).toBeGreaterThan(1_500));
        return { kind: 'done' } as const;
      };
      const first = await queue.consume({ topic, concurrency: 1, handler: slow });
      const second = await queue.consume({ topic, concurrency: 1, handler: slow });
      await queue.enqueue({ topic, jobs: [job('slow')] });
      await eventually(async () => {
        expect(runs).toBe(1);
        expect(await queue.counts(topic)).toEqual({ waiting: 0, delayed: 0, active: 0 });
      });
      await stopAll(first, second);
    });

    test('stopping waits for the jobs in progress and takes no more', async () => {
      const topic = freshTopic();
      let letGo: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const done: string[] = [];
      let started = 0;
      const worker = await queue.consume({
        topic,
        concurrency: 1,
        handler: async ({ id }) => {
          started += 1;
          await gate;
          done.push(id);
          return { kind: 'done' };
        },
      });
      await queue.enqueue({ topic, jobs: [job('first')] });
      await queue.enqueue({ topic, jobs: [job('second')] });
      await eventually(() => expect(started).toBe(1));
      const stopped = worker.stop({ deadlineMs: 5_000 });
      letGo();
      expect(await stopped).toBe(0);
      expect(done).toEqual(['first']);
      expect(await queue.counts(topic)).toEqual({ waiting: 1, delayed: 0, active: 0 });
    });

    test('stopping past its deadline aborts the signal of what still runs', async () => {
      const topic = freshTopic();
      let seenSignal: AbortSignal | undefined;
      const worker = await queue.consume({
        topic,
        concurrency: 1,
        handler: async (_job, signal) => {
          seenSignal = signal;
          return NEVER;
        },
      });
      await queue.enqueue({ topic, jobs: [job('endless')] });
      await eventually(() => expect(seenSignal).toBeDefined());
      expect(seenSignal?.aborted).toBe(false);
      expect(await worker.stop({ deadlineMs: 50 })).toBe(1);
      expect(seenSignal?.aborted).toBe(true);
    });

    test('a schedule runs at once, again and again, and never twice at a time', async () => {
      let runs = 0;
      let overlapping = 0;
      let most = 0;
      const schedule = await queue.schedule({
        name: 'tick',
        everyMs: 100,
        handler: async () => {
          overlapping += 1;
          most = Math.max(most, overlapping);
          runs += 1;
          await Promise.resolve();
          overlapping -= 1;
        },
      });
      await eventually(() => expect(runs).toBeGreaterThanOrEqual(4));
      expect(most).toBe(1);
      await stopAll(schedule);
      const after = runs;
      const again = await queue.schedule({
        name: 'tick',
        everyMs: 50,
        handler: async () => {
          runs += 1;
        },
      });
      await eventually(() => expect(runs).toBeGreaterThanOrEqual(after + 2));
      await stopAll(again);
    });

    test('whoever takes a schedule over does not wait for the run that its holder hangs in', async () => {
      let hangs = false;
      const lost = await queue.schedule({
        name: 'tick-taken',
        everyMs: 50,
        handler: async () => {
          hangs = true;
          return NEVER;
        },
      });
      await eventually(() => expect(hangs).toBe(true));
      let runs = 0;
      const taken = await queue.schedule({
        name: 'tick-taken',
        everyMs: 50,
        takeOver: true,
        handler: async () => {
          runs += 1;
        },
      });
      await eventually(() => expect(runs).toBeGreaterThanOrEqual(2));
      await lost.stop({ deadlineMs: 0 });
      await stopAll(taken);
    });

    test('a schedule goes on after a run that failed', async () => {
      let runs = 0;
      const schedule = await queue.schedule({
        name: 'tick-fails',
        everyMs: 50,
        handler: async () => {
          runs += 1;
          throw new Error('every run fails');
        },
      });
      await eventually(() => expect(runs).toBeGreaterThanOrEqual(3));
      await stopAll(schedule);
    });
  });
}
