import type { Job, JobHandler, QueuePort } from '../../src/execution/index.ts';

/** A queue whose jobs run when the test says so, in the order that it says: what a history of moves needs to repeat. */
export class ManualQueue implements QueuePort {
  readonly #jobs = new Map<string, Job>();
  #handler: JobHandler | null = null;

  get size(): number {
    return this.#jobs.size;
  }

  /** Runs one job, counted from the oldest and round again; nothing where there is none. */
  async run(position = 0): Promise<void> {
    const jobs = [...this.#jobs.values()];
    const job = jobs[position % Math.max(jobs.length, 1)];
    if (job === undefined || this.#handler === null) return;
    const outcome = await this.#handler(job, new AbortController().signal);
    if (outcome.kind === 'done') this.#jobs.delete(job.id);
  }

  /** Runs each job that is here now, once. */
  async runAll(): Promise<void> {
    for (let left = this.size; left > 0; left -= 1) await this.run(left - 1);
  }

  lose(): void {
    this.#jobs.clear();
  }

  async enqueue({ jobs }: Parameters<QueuePort['enqueue']>[0]): Promise<void> {
    for (const job of jobs) if (!this.#jobs.has(job.id)) this.#jobs.set(job.id, job);
  }

  async consume({ handler }: Parameters<QueuePort['consume']>[0]) {
    this.#handler = handler;
    return {
      stop: async () => {
        this.#handler = null;
        return 0;
      },
    };
  }

  async schedule(): Promise<never> {
    throw new Error('no schedules here');
  }

  async counts() {
    return { waiting: this.size, delayed: 0, active: 0 };
  }

  async close(): Promise<void> {
    this.#handler = null;
  }
}
