import { MAX_AMOUNT } from '../../core/index.ts';
import type { RiskCheck } from './context.ts';
import { ALLOW, atLeast, deny } from './verdict.ts';

/** Denies what names an offer that is not there, not free, not ours, or has other terms; and listings out of bounds. */
export const offerTerms: RiskCheck = (intent, context) => {
  if (intent.kind === 'list') {
    const { amount, price, openUntil } = intent;
    if (amount < 1 || price < 1 || amount > Math.floor(MAX_AMOUNT / price)) {
      return deny('INVALID_TERMS', `1 to ${MAX_AMOUNT}`, `${amount} Wh at ${price}`);
    }
    // It is mined at height + 1 at the earliest, so a buyer who then sees it comes at height + 2.
    return atLeast('OPEN_UNTIL', context.height + 2, openUntil);
  }
  const offer = context.offer(intent.tradeId);
  const executesAt = context.height + 1;
  const expired = offer !== undefined && offer.openUntil !== null && offer.openUntil < executesAt;
  if (offer === undefined || (intent.kind === 'buy' && expired)) {
    return deny('UNKNOWN_OFFER', offer?.openUntil ?? 'an open offer', intent.tradeId);
  }
  if (context.isClaimed(intent.tradeId)) return deny('OFFER_TAKEN', 'one claim', intent.tradeId);
  if (intent.amount !== offer.amount) return deny('TERMS_DIFFER', offer.amount, intent.amount);
  const { principal, operator } = context.account;
  if (intent.kind === 'buy') {
    if (intent.maxPrice < offer.price) return deny('TERMS_DIFFER', offer.price, intent.maxPrice);
    return context.mayBuyFrom(offer.seller) ? ALLOW : deny('OWN_TRADE', 'an offer of someone else', offer.seller);
  }
  // Anyone may cancel an expired offer, but here only for the account that gets its energy back.
  if (offer.seller !== principal) return deny('NOT_CANCELLABLE', principal, offer.seller);
  const allowed = expired || operator === principal || offer.lister === operator;
  return allowed ? ALLOW : deny('NOT_CANCELLABLE', operator, offer.lister);
};
