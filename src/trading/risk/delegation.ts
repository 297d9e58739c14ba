import type { RiskCheck } from './context.ts';
import { ALLOW, atLeast, atMost, deny, type Verdict } from './verdict.ts';
import { worstCost } from './worst-cost.ts';

/**
 * Denies what the contract would refuse for lack of a delegation. The operator's own account needs none, and neither does
 * a cancel.
 */
export const delegationLimits: RiskCheck = (intent, context) => {
  const { account, exposure, height } = context;
  if (intent.kind === 'cancel' || account.operator === account.principal) return ALLOW;
  const { delegation } = account;
  if (delegation === null) return deny('NO_DELEGATION', `a delegation to ${account.operator}`, 'none');
  const expiry = atLeast('DELEGATION_EXPIRED', height + 1, delegation.expiresAt);
  if (expiry !== ALLOW) return expiry;
  let term: Verdict;
  switch (intent.kind) {
    case 'buy':
      // The contract holds the offer's own price against the limit.
      term = atMost(
        'DELEGATION_MAX_BUY',
        delegation.maxBuyPrice,
        context.offer(intent.tradeId)?.price ?? intent.maxPrice,
      );
      return term === ALLOW
        ? atMost('DELEGATION_SPEND', delegation.spendLeft, exposure.buyCost + worstCost(intent, context))
        : term;
    case 'list':
      term = atLeast('DELEGATION_MIN_SELL', delegation.minSellPrice, intent.price);
      return term === ALLOW
        ? atMost('DELEGATION_ENERGY', delegation.energyLeft, exposure.listWh + intent.amount)
        : term;
  }
};
