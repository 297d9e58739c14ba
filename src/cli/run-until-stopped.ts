import { setTimeout as delay } from 'node:timers/promises';
import type { DrainReport } from '../execution/index.ts';

export interface Stoppable {
  /** Rejects when the work must not go on. */
  readonly failure: Promise<never>;
  /** Unconfirmed transactions, as last known: for an end that cannot wait. */
  unconfirmed(): number;
  drain(): Promise<DrainReport>;
}

export interface StopDeps {
  /** Hears lines for people. */
  readonly say: (line: string) => void;
}

/** How long a process may take to end by itself, once all is closed. */
const END_MS = 2_000;

/**
 * To be called once all is closed and written. A connection that a library forgot would keep the process, and with it
 * whoever waits for its end; it is told and the process ended.
 */
export function endSoon({ say }: StopDeps, { withinMs = END_MS }: { readonly withinMs?: number } = {}): void {
  setTimeout(() => {
    say(`All is closed; what kept the process is let go: ${process.getActiveResourcesInfo().join(', ')}.`);
    process.exit();
  }, withinMs).unref();
}

/** What is still on its way, in one line. */
export function describePending({ pending, waiting }: DrainReport): string {
  if (pending.length === 0 && waiting === 0) return 'Nothing is pending.';
  const nonces = pending.map(({ nonce, state }) => `nonce ${nonce} ${state}`).join(', ');
  return `Still pending: ${pending.length} transactions${nonces ? ` (${nonces})` : ''}, ${waiting} intents without one. The next start goes on with them.`;
}

/**
 * Waits until the duration has passed, a signal comes or the work fails, then drains. A second signal ends the process at
 * once: whatever is under way is in the ledger, and the next start takes it up.
 */
export async function runUntilStopped(
  { say }: StopDeps,
  work: Stoppable,
  { durationSeconds }: { readonly durationSeconds?: number | undefined },
): Promise<DrainReport> {
  const stop = new AbortController();
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals === 1) {
      say(`${signal}: draining; once more stops at once.`);
      stop.abort();
      return;
    }
    say(`Stopped at once. Still pending: ${work.unconfirmed()} transactions; the next start goes on with them.`);
    process.exit(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const asked = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const passed =
    durationSeconds === undefined
      ? new Promise<never>(() => {})
      : delay(durationSeconds * 1000, undefined, { signal: stop.signal }).catch(() => {});
  try {
    await Promise.race([asked, passed, work.failure]);
  } finally {
    stop.abort();
  }
  return work.drain();
}
