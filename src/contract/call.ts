import type { Principal } from '../core/index.ts';

/**
 * A call of one public function of `energy-grid`, named after it. Arguments are bigint: they are the edge, and the
 * contract must also be asked what no branded unit can hold.
 */
export type GridCall =
  | { readonly kind: 'registerProsumer' }
  | { readonly kind: 'addEnergy'; readonly amount: bigint }
  | { readonly kind: 'consumeEnergy'; readonly amount: bigint }
  | { readonly kind: 'addFunds'; readonly amount: bigint }
  | { readonly kind: 'withdrawFunds'; readonly amount: bigint }
  | { readonly kind: 'tradeEnergy'; readonly amount: bigint; readonly price: bigint }
  | { readonly kind: 'buyEnergy'; readonly tradeId: bigint }
  | { readonly kind: 'cancelTrade'; readonly tradeId: bigint }
  | { readonly kind: 'setEnergyPrice'; readonly price: bigint }
  | { readonly kind: 'requireMeters'; readonly required: boolean }
  | { readonly kind: 'assignMeter'; readonly prosumer: Principal; readonly meter: Principal }
  | {
      readonly kind: 'recordReading';
      readonly prosumer: Principal;
      readonly readingId: bigint;
      readonly produced: bigint;
      readonly consumed: bigint;
    }
  | {
      readonly kind: 'delegateTrading';
      readonly operator: Principal;
      readonly spendLimit: bigint;
      readonly energyLimit: bigint;
      readonly maxBuyPrice: bigint;
      readonly minSellPrice: bigint;
      readonly expiresAt: bigint;
    }
  | { readonly kind: 'revokeDelegation'; readonly operator: Principal }
  | BatchCall;

/** One buy of a batch: the offer by id and by its terms, so that an id that means another offer is refused. */
export interface BuyEntry {
  readonly buyer: Principal;
  readonly tradeId: bigint;
  readonly amount: bigint;
  readonly maxPrice: bigint;
}

export interface ListEntry {
  readonly seller: Principal;
  readonly amount: bigint;
  readonly price: bigint;
}

export interface CancelEntry {
  readonly seller: Principal;
  readonly tradeId: bigint;
}

/** A call that acts for many prosumers at once and carries the last height at which it may still execute. */
export type BatchCall =
  | { readonly kind: 'buyEnergyFor'; readonly validUntil: bigint; readonly entries: readonly BuyEntry[] }
  | {
      readonly kind: 'tradeEnergyFor';
      readonly validUntil: bigint;
      /** Offers listed by this call can be bought up to and at this height; afterwards anyone may cancel them. */
      readonly openUntil: bigint;
      readonly entries: readonly ListEntry[];
    }
  | { readonly kind: 'cancelTradeFor'; readonly validUntil: bigint; readonly entries: readonly CancelEntry[] };

/** The most entries that one batch call takes. */
export const MAX_BATCH_ENTRIES = 100;

/**
 * One entry of a batch as a call of its own. The contract has these because a batch is a `map` over them; anyone may
 * call them directly, under the same checks. The bot does not: they carry no expiry.
 */
export type EntryCall =
  | ({ readonly kind: 'buyOneFor' } & BuyEntry)
  | ({ readonly kind: 'tradeOneFor'; readonly openUntil: bigint } & ListEntry)
  | ({ readonly kind: 'cancelOneFor' } & CancelEntry);
