import type { Height, MicroStx, Price, Principal, TradeId, Wh } from '../core/index.ts';

/** Buys one whole offer, named by id and by terms. */
export interface BuyIntent {
  readonly kind: 'buy';
  readonly tradeId: TradeId;
  readonly amount: Wh;
  /** The highest price to pay; the contract charges the offer's own price. */
  readonly maxPrice: Price;
}

/** Lists energy of the account as one offer. */
export interface ListIntent {
  readonly kind: 'list';
  readonly amount: Wh;
  readonly price: Price;
  /** The last height at which it can be bought; the offer expires by itself even if the bot dies. */
  readonly openUntil: Height;
}

/** Takes back one open offer of the account. */
export interface CancelIntent {
  readonly kind: 'cancel';
  readonly tradeId: TradeId;
  /** The offer's energy, which comes back. */
  readonly amount: Wh;
}

/** What a strategy wants. `reason` is one short line for people and reports. */
export type Intent = (BuyIntent | ListIntent | CancelIntent) & { readonly reason: string };

/** An intent that risk allowed, under the id by which the ledger, the queue and reports know it. */
export interface PlannedIntent {
  /** Unique over the life of the ledger. */
  readonly id: string;
  readonly account: Principal;
  /** Whose lane is to carry it, under whose delegation risk judged it. */
  readonly operator: Principal;
  readonly strategy: string;
  /** The turn that decided it. */
  readonly turn: number;
  /** The tip that the turn saw. */
  readonly height: Height;
  readonly intent: Intent;
}

/**
 * An allowed intent whose outcome the chain has not told yet. It counts as exposure: its offer is out of the view of
 * every account, and its funds and energy are spent as far as limits are concerned.
 */
export interface OpenIntent extends PlannedIntent {
  /** The worst-case cost of a buy, 0 otherwise. */
  readonly cost: MicroStx;
}
