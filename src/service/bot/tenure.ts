import { BaseError, FatalError, type Log } from '../../core/index.ts';
import type { ConfirmReport, Execution, QueueWorker } from '../../execution/index.ts';

/** Milliseconds between two tries of a process that stands by. */
const STANDBY_MS = 1_000;

/** Whether this process has the lanes, and so does the work, or stands by to take the place of the one that has them. */
export interface Tenure {
  /** Takes the lanes and begins the work, or stands by. */
  start(): Promise<void>;
  isStandby(): boolean;
  /** Stands by, after the lanes were lost; does nothing where that is known already. */
  stepDown(): void;
  /** Ends work or waiting, whichever it is. */
  end(options: { readonly deadlineMs: number }): Promise<void>;
}

export interface TenureParameters {
  /** Begins the work of one tenure, with what taking the lanes has found; answers what ends it. */
  readonly begin: (report: ConfirmReport) => Promise<QueueWorker>;
  /** Told once for each time of standing by. */
  readonly onStandby: () => void;
  readonly onFailure: (error: unknown) => void;
}

export function createTenure(
  { execution, log }: { readonly execution: Execution; readonly log: Log },
  { begin, onStandby, onFailure }: TenureParameters,
): Tenure {
  let worker: QueueWorker | null = null;
  let standby: NodeJS.Timeout | null = null;
  let isEnding = false;
  let isLost = false;

  // The new holder's worker may take every job from the queue they share, so no work of ours need ever find out.
  execution.onLost(() => {
    isLost = true;
    stepDown();
  });

  async function takeUp(): Promise<void> {
    isLost = false;
    const report = await execution.recover();
    if (report === null) {
      if (standby === null) onStandby();
      standBy();
      return;
    }
    standby = null;
    if (isEnding) return;
    worker = await begin(report);
    if (isLost) stepDown();
    else if (isEnding) await worker.stop({ deadlineMs: 0 });
  }

  function standBy(): void {
    if (isEnding) return;
    standby = setTimeout(() => {
      takeUp().catch((error: unknown) => {
        if (!(error instanceof BaseError) || error instanceof FatalError) return onFailure(error);
        log.warn({ error }, `standing by: ${error.message}`);
        standBy();
      });
    }, STANDBY_MS);
  }

  function stepDown(): void {
    const stopped = worker;
    worker = null;
    if (stopped === null) return;
    // Not awaited: whoever finds out may be one of the jobs that the worker waits for.
    void stopped
      .stop({ deadlineMs: 0 })
      .catch((error: Error) => log.warn({ error }, `the work did not end in good order: ${error.message}`))
      .then(() => {
        onStandby();
        standBy();
      });
  }

  return {
    start: takeUp,
    // From the moment of the loss on: a command that is taken now would reach nobody.
    isStandby: () => standby !== null || isLost,
    stepDown,
    async end({ deadlineMs }) {
      isEnding = true;
      if (standby !== null) clearTimeout(standby);
      await worker?.stop({ deadlineMs });
      worker = null;
    },
  };
}
