import {
  type Height,
  height as heightOf,
  LostLaneError,
  type MicroStx,
  microStx,
  type Principal,
  RejectedError,
} from '../core/index.ts';
import type { OpenIntent, PlannedIntent } from '../trading/intent.ts';
import { postTopic } from './advance.ts';
import { checkExecutionConfig, type ExecutionConfig, STUCK_BLOCKS } from './config.ts';
import type { ConfirmReport } from './confirm.ts';
import type { ExecutionDependencies } from './dependencies.ts';
import { isSameMark } from './event-marks.ts';
import { type RecordParameters, recordEvents, recordMissedEvents } from './events.ts';
import { entriesWithinCap, feeOfOneEntry } from './fee.ts';
import { type LaneWork, takeUpLane, tolerant } from './lane-work.ts';
import { createLeaseKeeper } from './lease.ts';
import { moveWaiting } from './move-on.ts';
import type { LaneLease } from './ports/ledger.ts';
import type { AccountTotals, EventMark, Fill, LaneHalt, LedgerSummary } from './ports/ledger-records.ts';
import type { JobHandler, QueueWorker } from './ports/queue.ts';
import { UNCONFIRMED_STATES } from './ports/transaction.ts';
import type { CancelReport } from './replace.ts';
import type { SubmitResult } from './submit.ts';

/** A lane as risk needs to know it, as of the last pass. */
export interface LaneStatus {
  readonly operator: Principal;
  /** Null while another process holds the lane. */
  readonly epoch: number | null;
  readonly chainNonce: number;
  readonly unconfirmed: number;
  /** Batch entries that may still be sent before earlier transactions confirm. */
  readonly entriesLeft: number;
  /** The wallet that pays the fees, less the fees of unconfirmed transactions. */
  readonly balance: MicroStx;
  /** Why the lane sends nothing new; null while it does. */
  readonly paused: string | null;
  /** Where the lane is halted, not just paused: that stands in the ledger, and its work moves on. */
  readonly halt: LaneHalt | null;
}

export interface DrainReport {
  /** Transactions on their way, which the next start goes on with. */
  readonly pending: readonly { readonly transactionId: number; readonly nonce: number; readonly state: string }[];
  /** Intents that wait for a nonce. */
  readonly waiting: number;
}

/**
 * The life of transactions on the lanes of this bot, which one process holds at a time. Every step is a conditional write
 * to the ledger, so it may stop anywhere and go on by `recover`.
 *
 * Whatever writes throws LostLaneError while the lanes are not held: `recover` then tries to take them again.
 */
export interface Execution {
  /**
   * Takes the lanes, takes up what an earlier holder left, reads the events it missed, and starts posting. Call before
   * all else, and again after the lanes were lost. Null while another process holds them.
   */
  recover(): Promise<ConfirmReport | null>;
  /** Records allowed intents, packs, signs, stores and queues them. A known id is not sent twice. */
  submit(planned: readonly PlannedIntent[], options: { readonly height: Height }): Promise<SubmitResult>;
  /**
   * Cancels intents, whichever lanes they are for: at once where they have no nonce, else, where their transaction carries
   * none but these, by another attempt of its nonce that does nothing. Whichever the chain mines decides.
   */
  cancel(ids: readonly string[]): Promise<CancelReport>;
  /** Asks the chain about all that is under way, once a poll and before the market is read. */
  confirm(): Promise<ConfirmReport>;
  /**
   * Finds our listings and fills among the events up to that mark which were not read yet or which a reorg changed; a call
   * with each poll, also one that found nothing, for the log may have come later than the node's word. Answers the new fills.
   */
  recordEvents(parameters: RecordParameters): Promise<readonly Fill[]>;
  /** Exposure: intents whose outcome a market view of `seenHeight` cannot show yet. */
  openIntents(options?: { readonly seenHeight?: Height }): Promise<readonly OpenIntent[]>;
  dayTotals(account: Principal, sinceMs: number): Promise<AccountTotals>;
  /** In the order of the config. */
  lanes(): readonly LaneStatus[];
  /** Tells once for each lease that is lost, as soon as this process can know: it need not wait for a write to fail. */
  onLost(listener: () => void): void;
  /**
   * Lets halted lanes send again, at the word of a person: one, or all. What halted a lane may halt it again.
   *
   * @throws RejectedError for a lane that is none of this bot's.
   */
  resume(lane?: Principal): Promise<void>;
  /** The network fee of an intent that is sent alone; in a larger batch its share is less. */
  feePerEntry(): MicroStx;
  summary(): Promise<LedgerSummary>;
  /** Stops posting, waits for posts in progress, gives the lanes back, and says what is still under way. */
  drain(options: { readonly deadlineMs: number }): Promise<DrainReport>;
}

/** Transactions posted at once for each lane; their order does not matter, nodes sort by nonce. */
const POSTS_AT_ONCE = 4;

/**
 * Makes the execution of some lanes.
 *
 * @throws ConfigError for settings that no lane could work with.
 */
export function createExecution(deps: ExecutionDependencies, settings: ExecutionConfig): Execution {
  checkExecutionConfig(settings);
  const { ledger, queue, chain, clock, log } = deps;
  const { maxUnconfirmed = 20, retryMs = 2_000, stuckBlocks = STUCK_BLOCKS, operatorsOf = () => [] } = settings;
  const maxEntries = entriesWithinCap(settings.fee, settings.maxEntries);
  const config = { ...settings, stuckBlocks, maxUnconfirmed, retryMs, maxEntries, recheckMs: retryMs * 10 };
  const keeper = createLeaseKeeper(deps, { ...settings, onLost });
  let works: readonly LaneWork[] = [];
  const topic = postTopic(settings.lanes);
  let poster: QueueWorker | null = null;
  let draining = false;
  let last: Promise<unknown> = Promise.resolve();
  const listeners: (() => void)[] = [];

  function onLost(): void {
    void stopPosting(0);
    for (const listener of listeners) listener();
  }

  /** Passes never overlap, so that one sees all that the other did. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work).catch((error: unknown) => {
      if (error instanceof LostLaneError) keeper.lose();
      throw error;
    });
    last = result.catch(() => undefined);
    return result;
  }

  /** The same with the lease that the work writes by. */
  const holding = <T>(work: (lease: LaneLease) => Promise<T>): Promise<T> => alone(() => work(keeper.current()));

  /** The last mark that this process has recorded; an idle poll then asks nobody. */
  let recorded: EventMark | null = null;
  /** How often the log did not lead to what the node had, in a row. */
  let misses = 0;
  const eventDeps = (lease: LaneLease) => ({ ledger, lease, chain, clock, log });

  /** Every lane for itself: trouble on one is thrown only where no other has anything to tell. */
  async function onEveryLane<T>(work: (lane: LaneWork) => Promise<T>): Promise<readonly T[]> {
    const outcomes = await Promise.allSettled(works.map(work));
    const done = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') continue;
      if (done.length === 0) throw outcome.reason;
      await tolerant(log, `lane ${works[index]?.lane.operator}`, () => Promise.reject(outcome.reason));
    }
    return done;
  }

  async function passes(): Promise<ConfirmReport> {
    const reports = await onEveryLane((work) => work.pass({ draining }));
    if (!draining) await sendWaiting();
    return {
      tip: heightOf(Math.max(0, ...reports.map(({ tip }) => tip))),
      confirmed: reports.flatMap(({ confirmed }) => confirmed),
      cancelled: reports.flatMap(({ cancelled }) => cancelled),
      reorged: reports.flatMap(({ reorged }) => reorged),
      superseded: reports.flatMap(({ superseded }) => superseded),
    };
  }

  /** Work of a halted lane goes on elsewhere where that is safe; then every lane sends what waits for it. */
  async function sendWaiting(): Promise<void> {
    const lanes = works.map(({ lane }) => lane);
    await tolerant(log, 'moving intents to another lane', () =>
      moveWaiting(deps, keeper.current(), { lanes, operatorsOf }),
    );
    await Promise.all(works.map((work) => work.sendWaiting()));
  }

  async function startPosting(): Promise<void> {
    poster ??= await queue.consume({ topic, concurrency: POSTS_AT_ONCE * works.length, handler: post });
  }

  async function stopPosting(deadlineMs: number): Promise<void> {
    const stopped = poster;
    poster = null;
    await stopped?.stop({ deadlineMs });
  }

  const post: JobHandler = async (job, signal) => {
    const work = works.find(({ lane }) => lane.operator === job.data.lane);
    if (work !== undefined) return work.post(job, signal);
    log.error({ job: job.id }, 'a job is of a lane that is none of this bot; it is not posted');
    return { kind: 'done' };
  };

  const statusOf = (operator: Principal): LaneStatus => {
    const work = keeper.isHeld() ? works.find(({ lane }) => lane.operator === operator) : undefined;
    if (work === undefined) {
      const paused = 'another process holds the lane';
      const nothing = { chainNonce: 0, unconfirmed: 0, entriesLeft: 0, balance: microStx(0), halt: null };
      return { operator, epoch: null, ...nothing, paused };
    }
    const { lane, epoch } = work;
    const { account, unconfirmed, balance, paused, halt } = lane;
    const entriesLeft = paused === null ? Math.max(maxUnconfirmed - unconfirmed, 0) * maxEntries : 0;
    const chainNonce = account?.nonce ?? 0;
    return { operator, epoch, chainNonce, unconfirmed, entriesLeft, balance, paused, halt };
  };

  return {
    recover: () =>
      alone(async () => {
        if (!keeper.isHeld()) {
          const lease = await keeper.acquire();
          if (lease === null) return null;
          works = await Promise.all(lease.lanes.map((lane) => takeUpLane({ ...deps, ledger: lane, topic }, config)));
        }
        [recorded, misses] = [null, 0];
        await recordMissedEvents(eventDeps(keeper.current()));
        const report = await passes();
        await startPosting();
        return report;
      }),

    submit: (planned, { height }) =>
      holding(async (lease) => {
        await lease.recordIntents({ planned, at: clock.now() });
        if (draining) return { batches: [], waiting: planned.map(({ id }) => id) };
        const results = await onEveryLane((work) => work.send(height));
        return {
          batches: results.flatMap(({ batches }) => batches),
          waiting: results.flatMap(({ waiting }) => waiting),
        };
      }),

    cancel: (ids) =>
      holding(async () => {
        const reports = await onEveryLane((work) => work.cancel(ids));
        const cancelled = reports.flatMap((report) => report.cancelled);
        const replaced = reports.flatMap((report) => report.replaced);
        const ended = new Set([...cancelled, ...replaced]);
        return { cancelled, replaced, kept: ids.filter((id) => !ended.has(id)) };
      }),

    confirm: () => holding(passes),

    recordEvents: (parameters) =>
      holding(async (lease) => {
        const { upTo } = parameters;
        if (recorded !== null && isSameMark(recorded, upTo)) return [];
        const fills = await recordEvents(eventDeps(lease), { ...parameters, misses });
        misses = fills === null ? misses + 1 : 0;
        recorded = fills === null ? null : upTo;
        return fills ?? [];
      }),

    openIntents(options = {}) {
      const { seenHeight } = options;
      if (seenHeight !== undefined) for (const { lane } of works) lane.see(seenHeight);
      return ledger.openIntents(options);
    },

    dayTotals: (account, sinceMs) => ledger.accountTotals({ account, sinceMs }),

    lanes: () => settings.lanes.map(statusOf),

    onLost: (listener) => void listeners.push(listener),

    resume: (operator) =>
      holding(async () => {
        if (operator !== undefined && !settings.lanes.includes(operator)) {
          throw new RejectedError(`expected a lane out of ${settings.lanes.join(', ')}, was ${operator}`, {
            code: 'unknown-lane',
          });
        }
        for (const work of works) if (operator === undefined || work.lane.operator === operator) await work.resume();
      }),

    feePerEntry: () => feeOfOneEntry(config.fee),

    summary: () => ledger.summary(),

    drain: ({ deadlineMs }) => {
      draining = true;
      return alone(async () => {
        await stopPosting(deadlineMs);
        const pending = await ledger.transactions({ states: UNCONFIRMED_STATES });
        const waiting = (await ledger.allowedIntents()).length;
        await keeper.release();
        const ours = pending.filter(({ lane }) => settings.lanes.includes(lane));
        return { pending: ours.map(({ id, nonce, state }) => ({ transactionId: id, nonce, state })), waiting };
      });
    },
  };
}
