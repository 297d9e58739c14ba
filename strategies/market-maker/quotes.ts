import { clamp, type MarketView, mulDivUp, type ParametersOf } from 'wattmaker/strategy';
import type { parameters } from './params.ts';

export type Parameters = ParametersOf<typeof parameters>;

export interface Quotes {
  readonly fair: number;
  /** Wh owned, offered or on their way. */
  readonly inventory: number;
  /** The highest price per Wh at which buying is worthwhile, the fee not yet deducted. */
  readonly bid: number;
  /** The price to list at; null where fees and limits leave none. */
  readonly ask: number | null;
}

/**
 * Bid and ask around a fair price, both moved against the inventory:
 * bid = fair − half − skew · q, ask = fair + half − skew · q, q = (inventory − need) / range within [−1, 1].
 * The bid is rounded down and the ask up, so that rounding never narrows the spread.
 */
export function quotesOf(view: MarketView, settings: Parameters): Quotes {
  const { account, grid, limits, feePerEntry } = view;
  const fair = fairPrice(view, settings);
  const inventory = account.energy + account.escrowed + account.pending.buyWh;
  const fullness = clamp((inventory - account.targetWh) / settings.inventoryRangeWh, -1, 1);
  const half = (fair * settings.halfSpreadPercent) / 100;
  const middle = fair - ((fair * settings.skewPercent) / 100) * fullness;

  const lowest = Math.max(grid.feedIn + mulDivUp(2 * feePerEntry, 1, settings.lotWh), limits.lowestListPrice, 1);
  const highest = Math.min(grid.import, limits.highestListPrice);
  return {
    fair,
    inventory,
    bid: Math.min(Math.floor(middle - half), limits.highestBuyPrice),
    ask: lowest > highest ? null : clamp(Math.ceil(middle + half), lowest, highest),
  };
}

/**
 * The mean of recent trades by energy, with a prior of `priorWh`: the middle between what energy costs in the market now,
 * its cheapest offer held within the grid's prices, and what nobody pays more than, the import price.
 */
function fairPrice({ grid, history, height, bestOffer }: MarketView, { windowBlocks, priorWh }: Parameters): number {
  const highest = Math.max(grid.import, grid.feedIn);
  const cheapest = clamp(bestOffer?.price ?? grid.feedIn, grid.feedIn, highest);
  const { volume, turnover } = history.traded(height - windowBlocks + 1);
  const prior = (priorWh * (cheapest + highest)) / 2;
  return clamp((prior + turnover) / (priorWh + volume), grid.feedIn, highest);
}
