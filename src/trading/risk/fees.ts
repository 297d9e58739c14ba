import type { RiskCheck } from './context.ts';
import { ALLOW, atLeast, atMost } from './verdict.ts';

/** Denies what the day's fee budget, or the wallet that pays the fees, does not cover. */
export const fees: RiskCheck = (_intent, { exposure, feePerEntry, lane }, { feesPerDay, feeReserve }) => {
  const budget = atMost('FEE_BUDGET', feesPerDay, exposure.dayFees + feePerEntry);
  return budget === ALLOW ? atLeast('FEE_RESERVE', feeReserve, lane.balance - feePerEntry) : budget;
};
