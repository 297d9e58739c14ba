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

/** The mean of recent trades by energy, with the middle between the grid's prices as a prior of `priorWh`. */
function fairPrice({ grid, history, height }: MarketView, { windowBlocks, priorWh }: Parameters): number {
  let energy = priorWh;
  let worth = (priorWh * (grid.feedIn + grid.import)) / 2;
  for (let index = history.trades.length - 1; index >= 0; index -= 1) {
    const trade = history.trades[index];
    if (trade === undefined || trade.height <= height - windowBlocks) break;
    energy += trade.amount;
    worth += trade.amount * trade.price;
  }
  return clamp(worth / energy, grid.feedIn, Math.max(grid.import, grid.feedIn));
}
