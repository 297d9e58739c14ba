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
  readonly #sizes: Readonly<Record<BatchCall['kind'], Sizes>> = {
    buyEnergyFor: new Sizes('buyEnergyFor'),
    tradeEnergyFor: new Sizes('tradeEnergyFor'),
    cancelTradeFor: new Sizes('cancelTradeFor'),
  };

  constructor(policy: FeePolicy) {
    this.#policy = policy;
  }

  /** The fee of a batch of this kind with an entry for each of `accounts`. */
  of(kind: BatchCall['kind'], accounts: readonly Principal[]): MicroStx {
    const sizes = this.#sizes[kind];
    let size = sizes.empty;
    for (const account of accounts) size += sizes.entry(account);
    const { ratePerByte, floor, cap } = this.#policy;
    return microStx(clamp(Math.ceil(size * ratePerByte), floor, cap));
  }
}

/** Sizes in bytes of one kind of batch. */
class Sizes {
  readonly empty: number;
  readonly #kind: BatchCall['kind'];
  /** What an entry adds, by its account. */
  readonly #entries = new Map<Principal, number>();

  constructor(kind: BatchCall['kind']) {
    this.#kind = kind;
    this.empty = transactionSize(sampleCall(kind, []));
  }

  entry(account: Principal): number {
    const known = this.#entries.get(account);
    if (known !== undefined) return known;
    const size = transactionSize(sampleCall(this.#kind, [account])) - this.empty;
    this.#entries.set(account, size);
    return size;
  }
}

/** A batch whose numbers are all 0: every number takes the same bytes. */
function sampleCall(kind: BatchCall['kind'], accounts: readonly Principal[]): BatchCall {
  switch (kind) {
    case 'buyEnergyFor': {
      const entries = accounts.map((buyer) => ({ buyer, tradeId: 0n, amount: 0n, maxPrice: 0n }));
      return { kind, validUntil: 0n, entries };
    }
    case 'tradeEnergyFor': {
      const entries = accounts.map((seller) => ({ seller, amount: 0n, price: 0n }));
      return { kind, validUntil: 0n, openUntil: 0n, entries };
    }
    case 'cancelTradeFor':
      return { kind, validUntil: 0n, entries: accounts.map((seller) => ({ seller, tradeId: 0n })) };
  }
}
