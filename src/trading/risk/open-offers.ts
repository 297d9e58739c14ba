import { MAX_OPEN_OFFERS } from '../../market/index.ts';
import type { RiskCheck } from './context.ts';
import { ALLOW, atMost } from './verdict.ts';

/** Denies a listing beyond the account's limit of open offers. Unconfirmed cancels free no place yet. */
export const openOffers: RiskCheck = (intent, { account, exposure }, limits) =>
  intent.kind === 'list'
    ? atMost('OPEN_OFFERS', Math.min(limits.openOffers, MAX_OPEN_OFFERS), account.openOffers + exposure.lists + 1)
    : ALLOW;
