import { type Clock, type Height, height as heightOf, type Log, TransientError } from '../core/index.ts';
import type { LedgerPort, QueuePort } from '../execution/index.ts';
import { MIN_RETENTION_DAYS, type ServiceConfig } from './config/index.ts';

export interface RetentionDependencies {
  readonly ledger: LedgerPort;
  readonly queue: QueuePort;
  readonly clock: Clock;
  readonly log: Log;
  /** Gives back the room of deleted rows. */
  readonly compact: () => Promise<void>;
}

export interface RetentionOptions {
  readonly retention: ServiceConfig['retention'];
  readonly execution: Pick<ServiceConfig['execution'], 'finalDepth'>;
  /** The height up to which all events are in the ledger; null before that is known. */
  readonly readThrough: () => Height | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SCHEDULE = 'retention';

/** How long a stop waits for the batch in progress. */
const STOP_MS = 5_000;

/**
 * Prunes the ledger now and then; of all bots that share the queue one does it. Answers the function that ends it after
 * the batch in progress.
 */
export async function keepLedgerSmall(
  deps: RetentionDependencies,
  options: RetentionOptions,
): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const worker = await deps.queue.schedule({
    name: SCHEDULE,
    everyMs: options.retention.everyMinutes * 60_000,
    handler: async (lost) => {
      try {
        await pruneLedger(deps, { ...options, signal: AbortSignal.any([lost, stopping.signal]) });
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        deps.log.warn({ error }, `retention: ${error.message}; the next round tries again`);
      }
    },
  });
  return async () => {
    stopping.abort();
    await worker.stop({ deadlineMs: STOP_MS });
  };
}

/** Drops what the config lets go, and logs how much that was. Does nothing before the market was read once. */
export async function pruneLedger(
  { ledger, clock, log, compact }: Omit<RetentionDependencies, 'queue'>,
  { retention, execution, readThrough, signal }: RetentionOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const read = readThrough();
  if (read === null) return;
  const now = clock.now();
  const dropped = await ledger.prune({
    endedBefore: now - retention.days * DAY_MS,
    keepNewest: retention.transactions,
    neverSince: now - MIN_RETENTION_DAYS * DAY_MS,
    finalHeight: heightOf(Math.max(read - execution.finalDepth, 0)),
    signal,
  });
  await compact();
  log.info({ dropped, ms: clock.now() - now }, `retention: ${dropped.transactions} transactions dropped`);
}
