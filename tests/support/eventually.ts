import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Give up after this many milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** Pause between two tries, in milliseconds. @default 25 */
  readonly intervalMs?: number;
}

/**
 * Calls `probe` until it stops throwing and returns its value.
 *
 * @throws the probe's last error once `timeoutMs` have passed.
 */
export async function eventually<T>(probe: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 25 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await delay(intervalMs);
    }
  }
}
