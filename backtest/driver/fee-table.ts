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
  readonly #sizes = new Map<string, number>();

  constructor(policy: FeePolicy) {
    this.#policy = policy;
  }

  of(call: BatchCall): MicroStx {
    const empty = this.#sizeOf(call.kind, () => ({ ...call, entries: [] }));
    let size = empty;
    for (const entry of call.entries) {
      const account = 'buyer' in entry ? entry.buyer : entry.seller;
      const one = (): BatchCall => ({ ...call, entries: [entry] }) as BatchCall;
      size += this.#sizeOf(`${call.kind} ${account satisfies Principal}`, one) - empty;
    }
    const { ratePerByte, floor, cap } = this.#policy;
    return microStx(clamp(Math.ceil(size * ratePerByte), floor, cap));
  }

  #sizeOf(key: string, example: () => BatchCall): number {
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    const size = transactionSize(example());
    this.#sizes.set(key, size);
    return size;
  }
}
