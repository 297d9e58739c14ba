import { mulDivDown, mulDivUp, type Price, price } from '../../core/index.ts';
import type { RiskCheck } from './context.ts';
import { ALLOW, atLeast, atMost } from './verdict.ts';

/** The prices within `percent` of the energy price: the lowest rounded up, the highest down, so both are inside. */
export function priceBand(energyPrice: Price, percent: number): { readonly lowest: Price; readonly highest: Price } {
  const highest = mulDivDown(energyPrice, 100 + percent, 100);
  return {
    lowest: price(mulDivUp(energyPrice, Math.max(100 - percent, 0), 100)),
    highest: price(Math.min(highest, Number.MAX_SAFE_INTEGER)),
  };
}

/** Denies buys above the band and listings outside it. */
export const withinPriceBand: RiskCheck = (intent, { energyPrice }, { priceBandPercent }) => {
  if (intent.kind === 'cancel') return ALLOW;
  const { lowest, highest } = priceBand(energyPrice, priceBandPercent);
  if (intent.kind === 'buy') return atMost('PRICE_BAND', highest, intent.maxPrice);
  const low = atLeast('PRICE_BAND', lowest, intent.price);
  return low === ALLOW ? atMost('PRICE_BAND', highest, intent.price) : low;
};
