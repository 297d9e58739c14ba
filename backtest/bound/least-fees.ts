import type { BatchCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import type { FeePolicy } from '../../src/execution/index.ts';
import { FeeTable } from '../driver/fee-table.ts';

/** What an entry of a batch pays at the least, in µSTX. */
export interface LeastFees {
  readonly buy: number;
  readonly list: number;
}

/**
 * The least share of a fee that an entry can come to: of every size of batch the fee ÷ its entries rounded down, which is
 * what `feeShare` gives its cheapest entry.
 */
export function leastFees(
  account: Principal,
  { fee, maxEntries }: { readonly fee: FeePolicy; readonly maxEntries: number },
): LeastFees {
  const table = new FeeTable(fee);
  const least = (batchOf: (entries: number) => BatchCall): number => {
    let lowest = Number.POSITIVE_INFINITY;
    for (let entries = 1; entries <= maxEntries; entries += 1) {
      lowest = Math.min(lowest, Math.floor(table.of(batchOf(entries)) / entries));
    }
    return lowest;
  };
  const purchase = { buyer: account, tradeId: 1n, amount: 1n, maxPrice: 1n };
  const listing = { seller: account, amount: 1n, price: 1n };
  const repeat = <Entry>(entry: Entry, entries: number): readonly Entry[] => Array<Entry>(entries).fill(entry);
  return {
    buy: least((entries) => ({ kind: 'buyEnergyFor', validUntil: 1n, entries: repeat(purchase, entries) })),
    list: least((entries) => ({
      kind: 'tradeEnergyFor',
      validUntil: 1n,
      openUntil: 1n,
      entries: repeat(listing, entries),
    })),
  };
}
