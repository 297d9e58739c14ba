import type { RiskCheck } from './context.ts';
import { ALLOW, atLeast, deny } from './verdict.ts';

/**
 * Halted: nothing. Reducing: nothing that spends or that gives away energy which the account needs; cancels, and
 * listings that leave at least the stated need, pass.
 */
export const haltState: RiskCheck = (intent, { haltState: state, account, exposure }) => {
  switch (state) {
    case 'active':
      return ALLOW;
    case 'halted':
      return deny('HALTED', 'active', state);
    case 'reducing': {
      if (intent.kind === 'cancel') return ALLOW;
      if (intent.kind === 'buy') return deny('REDUCING', 'cancel or list', intent.kind);
      return atLeast('REDUCING', account.targetWh, account.energy - exposure.listWh - intent.amount);
    }
  }
};
