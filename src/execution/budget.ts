import type { MicroStx } from '../core/index.ts';
import type { FeePolicy } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { feeFor } from './fee.ts';
import type { Lane } from './lane.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

type Dependencies = Pick<LaneDependencies, 'ledger' | 'clock' | 'log'>;

/**
 * What of the fee budget is left: the budget less the fees of all transactions that were signed for since midnight UTC,
 * what was taken of those that were mined and the most that the others may cost, and of claims that are still to sign.
 */
export async function budgetLeft(
  { ledger, clock }: Dependencies,
  { lane, fee }: { readonly lane: Lane; readonly fee: FeePolicy },
): Promise<number> {
  if (fee.perDay === undefined) return Number.POSITIVE_INFINITY;
  const sinceMs = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  const used = await ledger.laneFees({ lane: lane.operator, sinceMs });
  const claims = await ledger.transactions({ states: ['claimed'], lane: lane.operator });
  return claims.reduce((left, { call }) => left - feeFor(call, fee), fee.perDay - used);
}

/** Whether a fee fits in what is left; where it does not, the lane pauses and says so once. */
export function isWithinBudget(
  { log }: Pick<Dependencies, 'log'>,
  { lane, fee, left, policy }: { lane: Lane; fee: MicroStx; left: number; policy: FeePolicy },
): boolean {
  if (fee <= left) return true;
  const reason = `the fee budget of ${policy.perDay} µSTX a day is used up until midnight UTC`;
  if (lane.pause('budget', reason)) {
    log.error({ left, wanted: fee }, `lane ${lane.operator} is paused: ${reason}, ${left} µSTX of it are left`);
  }
  return false;
}
