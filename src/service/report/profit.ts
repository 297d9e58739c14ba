import { type MicroStx, microStx } from '../../core/index.ts';
import type { Fill } from '../../execution/index.ts';
import type { GridPrices } from '../../trading/index.ts';

/** A fill of ours with what the grid would have asked or paid at that moment. */
export interface PricedFill {
  readonly fill: Fill;
  readonly grid: GridPrices;
}

/**
 * What trading earned against the grid: Σ over energy bought of (import − price) · Wh, plus Σ over energy sold of
 * (price − feed-in) · Wh, less the network fees. A trade between two accounts of ours counts on both sides. Summed in
 * bigint, so exact however many fills there are.
 */
export function profit(fills: Iterable<PricedFill>, { feesPaid }: { readonly feesPaid: MicroStx }): MicroStx {
  let total = -BigInt(feesPaid);
  for (const { fill, grid } of fills) {
    const energy = BigInt(fill.amount);
    if (fill.side !== 'sold') total += (BigInt(grid.import) - BigInt(fill.price)) * energy;
    if (fill.side !== 'bought') total += (BigInt(fill.price) - BigInt(grid.feedIn)) * energy;
  }
  return microStx(total);
}
