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
  const least = (kind: BatchCall['kind']): number => {
    let lowest = Number.POSITIVE_INFINITY;
    for (let entries = 1; entries <= maxEntries; entries += 1) {
      const total = table.of(kind, Array<Principal>(entries).fill(account));
      lowest = Math.min(lowest, Math.floor(total / entries));
    }
    return lowest;
  };
  return { buy: least('buyEnergyFor'), list: least('tradeEnergyFor') };
}
