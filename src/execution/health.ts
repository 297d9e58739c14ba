import { ConfigError, type Height, RejectedError } from '../core/index.ts';
import type { ExecutionConfig } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { feeOfOneEntry } from './fee.ts';
import type { Lane } from './lane.ts';
import type { LaneHalt } from './ports/ledger-records.ts';
import type { SignerPort } from './ports/signer.ts';

export interface HealthParameters {
  readonly lane: Lane;
  readonly config: Pick<ExecutionConfig, 'fee'> & { readonly stuckBlocks: number };
  readonly tip: Height;
}

/**
 * Halts the lane alone, with an alarm, while its wallet cannot pay, its lowest nonce stays unused as blocks go by, or its
 * signer refuses; and lets it go on when that is over. A lane whose key someone else used waits for a person.
 */
export async function watchHealth(
  { ledger, clock, log }: LaneDependencies,
  { lane, config, tip }: HealthParameters,
): Promise<void> {
  waitFor(lane, config.stuckBlocks, tip);
  if (lane.halt?.cause === 'foreign') return;
  const found = troubleOf(lane, config, tip);
  if (found?.cause === lane.halt?.cause) return;
  const halt = found && { ...found, at: clock.now() };
  await ledger.setHalt(halt);
  lane.halt = halt;
  const fields = { lane: lane.operator, cause: halt?.cause ?? null };
  if (halt === null) log.info(fields, `lane ${lane.operator} goes on`);
  else log.error(fields, `lane ${lane.operator} is halted: ${halt.reason}`);
}

function troubleOf(lane: Lane, config: HealthParameters['config'], tip: Height): Omit<LaneHalt, 'at'> | null {
  if (lane.refusal !== null) return { cause: 'signer', reason: `the signer refuses: ${lane.refusal}` };
  const { account, waiting } = lane;
  const needed = Math.max(feeOfOneEntry(config.fee), lane.lowestFee);
  if (account !== null && account.balance < needed) {
    return {
      cause: 'funds',
      reason: `out of funds: ${account.balance} µSTX in the wallet, ${needed} for the next fee`,
    };
  }
  if (waiting !== null && tip >= waiting.since + config.stuckBlocks) {
    const reason = `nonce ${waiting.nonce} is unused since block ${waiting.since}, ${tip - waiting.since} blocks ago`;
    return { cause: 'stuck', reason };
  }
  return null;
}

/** Notes since when the chain waits for the lane's lowest nonce. */
function waitFor(lane: Lane, stuckBlocks: number, tip: Height): void {
  const { account, waiting } = lane;
  if (account === null || lane.unconfirmed === 0) lane.waiting = null;
  else if (waiting?.nonce !== account.nonce) {
    // A lane that an earlier holder saw stuck stays so until its nonce is used.
    const since = waiting === null && lane.halt?.cause === 'stuck' ? tip - stuckBlocks : tip;
    lane.waiting = { nonce: account.nonce, since: since as Height };
  }
}

/** The signer, remembering what it refuses. */
export function watchedSigner(signer: SignerPort, lane: Lane): SignerPort {
  return {
    addresses: () => signer.addresses(),
    async sign(request) {
      try {
        const signed = await signer.sign(request);
        lane.refusal = null;
        return signed;
      } catch (error) {
        if (error instanceof RejectedError || error instanceof ConfigError) lane.refusal = error.message;
        throw error;
      }
    },
  };
}
