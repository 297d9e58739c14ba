import type { Height, MicroStx, Principal, Sequence } from '../core/index.ts';
import { BaseError } from '../core/index.ts';
import type { OpenIntent, PlannedIntent } from '../trading/intent.ts';
import { POST_TOPIC } from './advance.ts';
import { checkExecutionConfig, type ExecutionConfig } from './config.ts';
import { type ConfirmReport, confirmLane } from './confirm.ts';
import type { ExecutionDependencies } from './dependencies.ts';
import { catchUp, recordEvents } from './events.ts';
import { entriesWithinCap, feeOfOneEntry } from './fee.ts';
import { fillGaps } from './gaps.ts';
import { Lane } from './lane.ts';
import type { GridLogEntry } from './ports/chain.ts';
import type { AccountTotals, Fill, LedgerSummary } from './ports/ledger.ts';
import type { QueueWorker } from './ports/queue.ts';
import { UNCONFIRMED_STATES } from './ports/transaction.ts';
import { postHandler } from './post.ts';
import { type CancelReport, cancelIntents, tendHead } from './replace.ts';
import { type SubmitResult, sendAllowed, sweep } from './submit.ts';

/** The lane as risk needs to know it, as of the last pass. */
export interface LaneStatus {
  readonly operator: Principal;
  readonly chainNonce: number;
  readonly unconfirmed: number;
  /** Batch entries that may still be sent before earlier transactions confirm. */
  readonly entriesLeft: number;
  /** The wallet that pays the fees, less the fees of unconfirmed transactions. */
  readonly balance: MicroStx;
  /** Why the lane sends nothing new; null while it does. */
  readonly paused: string | null;
}

export interface DrainReport {
  /** Transactions on their way, which the next start goes on with. */
  readonly pending: readonly { readonly transactionId: number; readonly nonce: number; readonly state: string }[];
  /** Intents that wait for a nonce. */
  readonly waiting: number;
}

/**
 * The life of transactions on one lane. Every step is a conditional write to the ledger, so it may stop anywhere and go
 * on by `recover`.
 */
export interface Execution {
  /** Takes up what an earlier run left, reads the events it missed, and starts posting. Call once, before all else. */
  recover(): Promise<ConfirmReport>;
  /** Records allowed intents, packs, signs, stores and queues them. A known id is not sent twice. */
  submit(planned: readonly PlannedIntent[], options: { readonly height: Height }): Promise<SubmitResult>;
  /**
   * Cancels intents: at once where they have no nonce, else, where their transaction carries none but these, by another
   * attempt of its nonce that does nothing. Whichever the chain mines decides.
   */
  cancel(ids: readonly string[]): Promise<CancelReport>;
  /** Asks the chain about all that is under way, once a poll and before the market is read. */
  confirm(): Promise<ConfirmReport>;
  /**
   * Finds our fills among new events, oldest first. `rewoundTo` is the last event that a reorg left standing. Answers
   * the new fills.
   */
  recordEvents(entries: readonly GridLogEntry[], options?: { readonly rewoundTo?: Sequence }): Promise<readonly Fill[]>;
  /** Reads from the chain what happened since the last event recorded: for whoever began the market anew. */
  recordMissedEvents(): Promise<readonly Fill[]>;
  /** Exposure: intents whose outcome a market view of `seenHeight` cannot show yet. */
  openIntents(options?: { readonly seenHeight?: Height }): Promise<readonly OpenIntent[]>;
  dayTotals(account: Principal, sinceMs: number): Promise<AccountTotals>;
  lane(): LaneStatus;
  /** The network fee of an intent that is sent alone; in a larger batch its share is less. */
  feePerEntry(): MicroStx;
  summary(): Promise<LedgerSummary>;
  /** Stops posting, waits for posts in progress, and says what is still under way. */
  drain(options: { readonly deadlineMs: number }): Promise<DrainReport>;
}

/** Transactions posted at once; their order does not matter, nodes sort by nonce. */
const POSTS_AT_ONCE = 4;

/**
 * Makes the execution of one lane.
 *
 * @throws ConfigError for settings that no lane could work with.
 */
export function createExecution(deps: ExecutionDependencies, settings: ExecutionConfig): Execution {
  checkExecutionConfig(settings);
  const { ledger, queue, log } = deps;
  const { maxUnconfirmed = 20, retryMs = 2_000 } = settings;
  const maxEntries = entriesWithinCap(settings.fee, settings.maxEntries);
  const config = { ...settings, maxUnconfirmed, retryMs, maxEntries, recheckMs: retryMs * 10 };
  const lane = new Lane(settings.lane);
  let poster: QueueWorker | null = null;
  let draining = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Passes never overlap, so that one sees all that the other did. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  }

  async function pass(): Promise<ConfirmReport> {
    const report = await confirmLane(deps, { lane, config });
    await tolerant('sweep', () => sweep(deps, { lane, config }));
    if (draining) return report;
    const { tip } = report;
    if (lane.unconfirmed > 0) {
      await tolerant('tend', () => tendHead(deps, { lane, config, tip }));
      await tolerant('fill', () => fillGaps(deps, { lane, config, tip }));
    }
    await tolerant('send', () => sendAllowed(deps, { lane, config, height: report.tip }));
    return report;
  }

  /** What the chain said is reported even when what follows has to wait for the next pass. */
  async function tolerant(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof BaseError)) throw error;
      log.warn({ error }, `${what}: ${error.message}; the next pass tries again`);
    }
  }

  return {
    recover: () =>
      alone(async () => {
        await catchUp(deps);
        const report = await pass();
        poster ??= await queue.consume({
          topic: POST_TOPIC,
          concurrency: POSTS_AT_ONCE,
          handler: postHandler(deps, { lane, config }),
        });
        return report;
      }),

    submit: (planned, { height }) =>
      alone(async () => {
        lane.see(height);
        await ledger.recordIntents({ planned, at: deps.clock.now() });
        if (draining) return { batches: [], waiting: planned.map(({ id }) => id) };
        return sendAllowed(deps, { lane, config, height });
      }),

    cancel: (ids) => alone(() => cancelIntents(deps, { lane, config, ids })),

    confirm: () => alone(pass),

    recordEvents: (entries, { rewoundTo } = {}) =>
      alone(() => recordEvents(deps, { entries, rewoundTo: rewoundTo ?? null })),

    recordMissedEvents: () => alone(() => catchUp(deps)),

    openIntents(options = {}) {
      if (options.seenHeight !== undefined) lane.see(options.seenHeight);
      return ledger.openIntents(options);
    },

    dayTotals: (account, sinceMs) => ledger.accountTotals({ account, sinceMs }),

    lane: () => ({
      operator: lane.operator,
      chainNonce: lane.account?.nonce ?? 0,
      unconfirmed: lane.unconfirmed,
      entriesLeft: lane.paused === null ? Math.max(maxUnconfirmed - lane.unconfirmed, 0) * maxEntries : 0,
      balance: lane.balance,
      paused: lane.paused,
    }),

    feePerEntry: () => feeOfOneEntry(config.fee),

    summary: () => ledger.summary(),

    drain: ({ deadlineMs }) => {
      draining = true;
      return alone(async () => {
        await poster?.stop({ deadlineMs });
        poster = null;
        const pending = await ledger.transactions({ states: UNCONFIRMED_STATES, lane: lane.operator });
        const waiting = (await ledger.allowedIntents()).length;
        return { pending: pending.map(({ id, nonce, state }) => ({ transactionId: id, nonce, state })), waiting };
      });
    },
  };
}
