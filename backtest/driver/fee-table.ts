import type { BatchCall } from '../../src/contract/index.ts';
import { clamp, type MicroStx, microStx, type Principal } from '../../src/core/index.ts';
import { transactionSize } from '../../src/execution/fee.ts';
import type { FeePolicy } from '../../src/execution/index.ts';

/**
 * What `feeFor` answers, without encoding each call: a batch is as long as one without entries and what each entry adds,
 * which depends on its kind and its account alone.
 */
export class FeeTable {
  readonly #policy: FeePolicy;
  /** Bytes of a batch without entries. */
  readonly #empty = new Map<BatchCall['kind'], number>();
  /** Bytes of a batch of one entry, by its account. */
  readonly #entries: Readonly<Record<BatchCall['kind'], Map<Principal, number>>> = {
    buyEnergyFor: new Map(),
    tradeEnergyFor: new Map(),
    cancelTradeFor: new Map(),
  };

  constructor(policy: FeePolicy) {
    this.#policy = policy;
  }

  of(call: BatchCall): MicroStx {
    const empty = this.#empty.get(call.kind) ?? this.#measure(this.#empty, call.kind, call, []);
    const entries = this.#entries[call.kind];
    let size = empty;
    for (const entry of call.entries) {
      const account = 'buyer' in entry ? entry.buyer : entry.seller;
      size += (entries.get(account) ?? this.#measure(entries, account, call, [entry])) - empty;
    }
    const { ratePerByte, floor, cap } = this.#policy;
    return microStx(clamp(Math.ceil(size * ratePerByte), floor, cap));
  }

  #measure<Key>(sizes: Map<Key, number>, key: Key, call: BatchCall, entries: readonly object[]): number {
    const size = transactionSize({ ...call, entries } as BatchCall);
    sizes.set(key, size);
    return size;
  }
}
