import { type Price, price, type Wh } from '../core/index.ts';

export interface TradeStatistics {
  readonly count: number;
  /** The price of the newest trade. */
  readonly last: Price;
  readonly lowest: Price;
  readonly highest: Price;
  /** ⌊Σ price ÷ count⌋. */
  readonly meanDown: Price;
  /** ⌊Σ (price × amount) ÷ Σ amount⌋. */
  readonly volumeWeightedMeanDown: Price;
  /** Σ amount in Wh, as a sum over prosumers a bigint. */
  readonly volume: bigint;
}

/** Sums up trades given oldest first; null where there are none. Exact; the two means are rounded down. */
export function tradeStatistics(
  trades: readonly { readonly price: Price; readonly amount: Wh }[],
): TradeStatistics | null {
  const newest = trades.at(-1);
  if (newest === undefined) return null;
  let lowest = newest.price;
  let highest = newest.price;
  let prices = 0n;
  let costs = 0n;
  let volume = 0n;
  for (const trade of trades) {
    if (trade.price < lowest) lowest = trade.price;
    if (trade.price > highest) highest = trade.price;
    prices += BigInt(trade.price);
    costs += BigInt(trade.price) * BigInt(trade.amount);
    volume += BigInt(trade.amount);
  }
  return {
    count: trades.length,
    last: newest.price,
    lowest,
    highest,
    meanDown: price(prices / BigInt(trades.length)),
    volumeWeightedMeanDown: price(costs / volume),
    volume,
  };
}
