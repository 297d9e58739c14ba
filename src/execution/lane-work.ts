import { BaseError, FatalError, type Height, type Log, LostLaneError } from '../core/index.ts';
import type { ExecutionConfig } from './config.ts';
import { type ConfirmReport, confirmLane } from './confirm.ts';
import type { LaneDependencies } from './dependencies.ts';
import { fillGaps } from './gaps.ts';
import { watchedSigner, watchHealth } from './health.ts';
import { Lane } from './lane.ts';
import { releaseExpired } from './move-on.ts';
import type { LaneLedger } from './ports/ledger.ts';
import type { LaneHalt } from './ports/ledger-records.ts';
import type { JobHandler } from './ports/queue.ts';
import { postHandler } from './post.ts';
import { cancelIntents, type LaneCancelReport, tendHead } from './replace.ts';
import { type SubmitResult, sendAllowed, sweep } from './submit.ts';

/** One lane at work, from taking its lease to losing it. */
export interface LaneWork {
  readonly lane: Lane;
  readonly epoch: number;
  /**
   * Asks the chain about all that is under way, brings back lost jobs, looks after the lowest nonce and after gaps unless
   * the bot drains, and judges whether the lane is well. A halted lane does all of it too: what it has goes on to its end.
   */
  pass(options: { readonly draining: boolean }): Promise<ConfirmReport>;
  /** Sends the intents that have waited for this lane. */
  sendWaiting(): Promise<void>;
  /** Sends the intents that wait for this lane, as of a turn at that height. */
  send(height: Height): Promise<SubmitResult>;
  /** Cancels those of the intents that are for this lane. */
  cancel(ids: readonly string[]): Promise<LaneCancelReport>;
  /** Sends again, at the word of a person. */
  resume(): Promise<void>;
  readonly post: JobHandler;
}

export type LaneConfig = Pick<ExecutionConfig, 'fee' | 'validityBlocks' | 'confirmedDepth' | 'finalDepth'> & {
  readonly maxEntries: number;
  readonly maxUnconfirmed: number;
  readonly retryMs: number;
  readonly recheckMs: number;
  readonly stuckBlocks: number;
};

/** Takes up a lane: nothing is known of it yet but what ledger and chain tell. */
export async function takeUpLane(given: LaneDependencies, config: LaneConfig): Promise<LaneWork> {
  const { ledger, log } = given;
  const lane = new Lane(ledger.lane, await haltOf(ledger));
  const deps = { ...given, signer: watchedSigner(given.signer, lane) };

  const attempt = (what: string, work: () => Promise<unknown>) => tolerant(log, `lane ${lane.operator}: ${what}`, work);

  return {
    lane,
    epoch: ledger.epoch,
    async pass({ draining }) {
      // Looked at anew even while nothing is under way: the wallet may have been filled.
      if (lane.halt?.cause === 'funds') lane.account = null;
      const report = await confirmLane(deps, { lane, config });
      if (report.superseded.length > 0) lane.halt = await haltOf(ledger);
      await attempt('sweep', () => sweep(deps, { lane, config }));
      const { tip } = report;
      if (!draining && lane.unconfirmed > 0) {
        await attempt('tend', () => tendHead(deps, { lane, config, tip }));
        await attempt('fill', () => fillGaps(deps, { lane, config, tip }));
      }
      await watchHealth(deps, { lane, config, tip });
      if (lane.halt !== null) await attempt('release', () => releaseExpired(deps, { lane, ...config }));
      return report;
    },
    sendWaiting: () => attempt('send', () => sendAllowed(deps, { lane, config, height: lane.seenHeight })),
    send: (height) => {
      lane.see(height);
      return sendAllowed(deps, { lane, config, height });
    },
    cancel: (ids) => cancelIntents(deps, { lane, config, ids }),
    async resume() {
      if (lane.halt === null) return;
      await ledger.setHalt(null);
      lane.halt = null;
      lane.refusal = null;
      lane.waiting = null;
      log.warn({ lane: lane.operator }, `lane ${lane.operator} was resumed`);
    },
    post: postHandler(deps, { lane, config }),
  };
}

const haltOf = async (ledger: LaneLedger): Promise<LaneHalt | null> =>
  (await ledger.lanes()).find(({ lane }) => lane === ledger.lane)?.halt ?? null;

/** What the chain said is reported even when what follows has to wait for the next pass. */
export async function tolerant(log: Log, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BaseError) || error instanceof FatalError || error instanceof LostLaneError) throw error;
    log.warn({ error }, `${what}: ${error.message}; the next pass tries again`);
  }
}
