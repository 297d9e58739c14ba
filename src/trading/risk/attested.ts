import type { RiskCheck } from './context.ts';
import { ALLOW, deny } from './verdict.ts';

/** Denies energy that no meter vouches for: always where the contract requires meters, else where the user does. */
export const attestedSeller: RiskCheck = (intent, context, { attestedSellersOnly }) => {
  if (intent.kind === 'cancel') return ALLOW;
  const demanded = context.metersRequired || (attestedSellersOnly && intent.kind === 'buy');
  if (!demanded) return ALLOW;
  const seller = intent.kind === 'list' ? context.account.principal : context.offer(intent.tradeId)?.seller;
  return seller !== undefined && context.isMetered(seller)
    ? ALLOW
    : deny('UNATTESTED_SELLER', 'a metered seller', seller ?? 'unknown');
};
