import { costOf, type MicroStx, microStx } from '../../core/index.ts';
import type { Intent } from '../intent.ts';
import type { RiskContext } from './context.ts';

/**
 * What an intent can cost at worst: the offer's own cost for a buy, whose terms never change on the chain; 0 for others.
 */
export function worstCost(intent: Intent, context: Pick<RiskContext, 'offer'>): MicroStx {
  if (intent.kind !== 'buy') return microStx(0);
  const offer = context.offer(intent.tradeId);
  return offer?.cost ?? costOf(intent.amount, intent.maxPrice);
}
