import { LostLaneError, type Principal, TransientError } from '../core/index.ts';
import type { LeaseConfig } from './config.ts';
import type { ExecutionDependencies } from './dependencies.ts';
import type { LaneLease } from './ports/ledger.ts';

/** Keeps the lease of this process's lanes alive. */
export interface LeaseKeeper {
  /** Takes the lanes and renews the lease from then on; null while another process holds one of them. */
  acquire(): Promise<LaneLease | null>;
  /** @throws LostLaneError while the lanes are not held. */
  current(): LaneLease;
  isHeld(): boolean;
  /** Stops renewing what a write has shown to be lost. */
  lose(): void;
  /** Gives the lanes back, so that another process need not wait. */
  release(): Promise<void>;
}

export interface KeeperParameters {
  readonly lanes: readonly Principal[];
  readonly lease: LeaseConfig;
  /** Told once for each lease that is lost. */
  readonly onLost: () => void;
}

/**
 * Makes the keeper of some lanes. The timer only keeps others waiting; whether a write counts is decided by the epoch in
 * the ledger, so a process that was suspended for longer than its lease does no harm when it wakes.
 */
export function createLeaseKeeper(
  { ledger, log }: Pick<ExecutionDependencies, 'ledger' | 'log'>,
  { lanes, lease, onLost }: KeeperParameters,
): LeaseKeeper {
  const { holder, soleHolder = false, ttlMs = 5_000, renewMs = 1_500 } = lease;
  let held: LaneLease | null = null;
  let timer: NodeJS.Timeout | undefined;

  function plan(): void {
    timer = setTimeout(() => void renew(), renewMs);
    timer.unref();
  }

  async function renew(): Promise<void> {
    const renewed = held;
    if (renewed === null) return;
    try {
      if (!(await renewed.renew({ ttlMs })) && held === renewed) lose();
    } catch (error) {
      log.warn({ error }, `the lease of the lanes was not renewed: ${(error as Error).message}`);
      // A server that does not answer may answer again; after a defect nothing is sure, so others may take over.
      if (!(error instanceof TransientError) && held === renewed) lose();
    }
    if (held === renewed) plan();
  }

  function lose(): void {
    const lost = held;
    if (lost === null) return;
    held = null;
    clearTimeout(timer);
    log.error(
      { lanes },
      'the lanes are lost, to another process as a rule; this one writes nothing more and stands by',
    );
    // Of several lanes only one may have gone: the others must not wait for this process.
    void lost.release().catch(() => {});
    onLost();
  }

  return {
    async acquire() {
      held = await ledger.acquireLanes({ lanes, holder, ttlMs, soleHolder });
      if (held !== null) {
        log.info({ lanes, epochs: held.lanes.map(({ epoch }) => epoch) }, 'holding the lanes');
        plan();
      }
      return held;
    },
    current() {
      if (held === null) throw new LostLaneError(`another process holds ${lanes.join(', ')}; this one stands by`);
      return held;
    },
    isHeld: () => held !== null,
    lose,
    async release() {
      const given = held;
      held = null;
      clearTimeout(timer);
      await given?.release();
    },
  };
}
