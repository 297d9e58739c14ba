import { BaseError, type Height, LostLaneError } from '../core/index.ts';
import type { ExecutionConfig } from './config.ts';
import { type ConfirmReport, confirmLane } from './confirm.ts';
import type { LaneDependencies } from './dependencies.ts';
import { Lane } from './lane.ts';
import type { JobHandler } from './ports/queue.ts';
import { postHandler } from './post.ts';
import { type SubmitResult, sendAllowed, sweep } from './submit.ts';

/** One lane at work, from taking its lease to losing it. */
export interface LaneWork {
  readonly lane: Lane;
  readonly epoch: number;
  /** Asks the chain about all that is under way, brings back lost jobs, and sends what waits unless told not to. */
  pass(options: { readonly send: boolean }): Promise<ConfirmReport>;
  /** Sends the intents that wait for this lane. */
  send(height: Height): Promise<SubmitResult>;
  readonly post: JobHandler;
}

export type LaneConfig = Pick<ExecutionConfig, 'fee' | 'validityBlocks' | 'confirmedDepth' | 'finalDepth'> & {
  readonly maxEntries: number;
  readonly maxUnconfirmed: number;
  readonly retryMs: number;
  readonly recheckMs: number;
};

/** Takes up a lane: nothing is known of it yet but what ledger and chain tell. */
export function takeUpLane(deps: LaneDependencies, config: LaneConfig): LaneWork {
  const { ledger, log } = deps;
  const lane = new Lane(ledger.lane);

  /** What the chain said is reported even when what follows has to wait for the next pass. */
  async function tolerant(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof BaseError) || error instanceof LostLaneError) throw error;
      log.warn({ error, lane: lane.operator }, `${what}: ${error.message}; the next pass tries again`);
    }
  }

  return {
    lane,
    epoch: ledger.epoch,
    async pass({ send }) {
      const report = await confirmLane(deps, { lane, config });
      await tolerant('sweep', () => sweep(deps, { lane, config }));
      if (send) await tolerant('send', () => sendAllowed(deps, { lane, config, height: report.tip }));
      return report;
    },
    send: (height) => {
      lane.see(height);
      return sendAllowed(deps, { lane, config, height });
    },
    post: postHandler(deps, { lane, config }),
  };
}
