import type { Intent } from '../intent.ts';
import { attestedSeller } from './attested.ts';
import { balances } from './balances.ts';
import { capacity } from './capacity.ts';
import type { RiskCheck, RiskContext } from './context.ts';
import { delegationLimits } from './delegation.ts';
import { energyPerTurn } from './energy-per-turn.ts';
import { fees } from './fees.ts';
import { haltState } from './halt.ts';
import type { RiskLimits } from './limits.ts';
import { offerTerms } from './offer.ts';
import { openOffers } from './open-offers.ts';
import { withinPriceBand } from './price-band.ts';
import { spendLimits } from './spend.ts';
import { staleData } from './stale-data.ts';
import { ALLOW, type Verdict } from './verdict.ts';

const checks: readonly RiskCheck[] = [
  haltState,
  staleData,
  offerTerms,
  attestedSeller,
  withinPriceBand,
  spendLimits,
  energyPerTurn,
  openOffers,
  balances,
  fees,
  delegationLimits,
  capacity,
];

/** Judges one intent by every limit in a fixed order; the first that denies speaks. */
export function assess(intent: Intent, context: RiskContext, limits: RiskLimits): Verdict {
  for (const check of checks) {
    const verdict = check(intent, context, limits);
    if (verdict.kind === 'deny') return verdict;
  }
  return ALLOW;
}
