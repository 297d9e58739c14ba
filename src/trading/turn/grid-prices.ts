import { mulDivDown, type Price, price } from '../../core/index.ts';
import type { GridPrices } from '../market-view.ts';
import type { GridSettings } from './request.ts';

/** The default feed-in price as a share of the energy price, in per cent. */
const DEFAULT_FEED_IN_PERCENT = 40;

/** The grid's prices: those configured, else the energy price to import and 40 % of it, rounded down, to feed in. */
export function gridPrices(settings: GridSettings | undefined, energyPrice: Price): GridPrices {
  return Object.freeze({
    import: settings?.import ?? energyPrice,
    feedIn: settings?.feedIn ?? price(mulDivDown(energyPrice, DEFAULT_FEED_IN_PERCENT, 100)),
  });
}
