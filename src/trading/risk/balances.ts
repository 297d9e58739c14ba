import type { RiskCheck } from './context.ts';
import { ALLOW, atLeast, atMost } from './verdict.ts';
import { worstCost } from './worst-cost.ts';

/** Denies what the account's funds, its reserve, or its energy do not cover. Unconfirmed income counts as nothing. */
export const balances: RiskCheck = (intent, context, { fundsReserve }) => {
  const { account, exposure } = context;
  switch (intent.kind) {
    case 'buy': {
      const cost = worstCost(intent, context);
      const funds = atMost('INSUFFICIENT_FUNDS', account.funds, exposure.buyCost + cost);
      return funds === ALLOW ? atLeast('FUNDS_RESERVE', fundsReserve, account.funds - exposure.buyCost - cost) : funds;
    }
    case 'list':
      return atMost('INSUFFICIENT_ENERGY', account.energy, exposure.listWh + intent.amount);
    case 'cancel':
      return ALLOW;
  }
};
