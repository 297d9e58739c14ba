import type { RiskCheck } from './context.ts';
import { ALLOW, atMost } from './verdict.ts';
import { worstCost } from './worst-cost.ts';

/** Denies a buy that exceeds what the account may spend in a turn or in a day. */
export const spendLimits: RiskCheck = (intent, context, { spendPerTurn, spendPerDay }) => {
  if (intent.kind !== 'buy') return ALLOW;
  const cost = worstCost(intent, context);
  const turn = atMost('SPEND_PER_TURN', spendPerTurn, context.exposure.turnCost + cost);
  return turn === ALLOW ? atMost('SPEND_PER_DAY', spendPerDay, context.exposure.dayCost + cost) : turn;
};
