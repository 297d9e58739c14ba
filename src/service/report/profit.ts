import { type MicroStx, microStx } from '../../core/index.ts';
import type { PricedFillTotals } from '../../execution/index.ts';
import type { GridPrices } from '../../trading/index.ts';

/** Fills of ours with what the grid would have asked or paid at that moment. */
export interface PricedFill {
  readonly fill: Pick<PricedFillTotals, 'side' | 'energy' | 'cost'>;
  readonly grid: GridPrices;
}

/**
 * What trading earned against the grid: Σ over energy bought of import · Wh − cost, plus Σ over energy sold of
 * cost − feed-in · Wh, less the network fees. A trade between two accounts of ours counts on both sides. Summed in
 * bigint, so exact however many fills there are.
 */
export function profit(fills: Iterable<PricedFill>, { feesPaid }: { readonly feesPaid: MicroStx }): MicroStx {
  let total = -BigInt(feesPaid);
  for (const { fill, grid } of fills) {
    const energy = BigInt(fill.energy);
    const cost = BigInt(fill.cost);
    if (fill.side !== 'sold') total += BigInt(grid.import) * energy - cost;
    if (fill.side !== 'bought') total += cost - BigInt(grid.feedIn) * energy;
  }
  return microStx(total);
}
