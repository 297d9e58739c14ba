import type { GrantId, Height, MicroStx, Price, Principal, Sequence, TradeId, Wh } from '../core/index.ts';

/** A registered prosumer as the contract stores it. */
export interface ProsumerRecord {
  /** Energy it may consume or offer; negative only through a meter's reading. */
  readonly energy: Wh;
  /** Funds it may spend or withdraw. */
  readonly funds: MicroStx;
  /** Energy in its open offers. */
  readonly escrowed: Wh;
  readonly openTrades: number;
  readonly meter: Principal | null;
  /** The highest reading id recorded so far, 0 before the first. */
  readonly lastReading: number;
}

export type TradeStatus = 'open' | 'completed' | 'cancelled';

/** An offer as the contract stores it. */
export interface TradeRecord {
  readonly seller: Principal;
  /** The seller itself until the offer is bought. */
  readonly buyer: Principal;
  readonly amount: Wh;
  readonly price: Price;
  readonly status: TradeStatus;
  /** The last height at which it can be bought; null where the seller listed it without expiry. */
  readonly openUntil: Height | null;
  /** Who listed it: the seller or its operator. */
  readonly lister: Principal;
  /** The grant under which it was listed; null where the seller listed it itself. */
  readonly grantId: GrantId | null;
}

/** A delegation as the contract stores it: what is left of its limits. */
export interface DelegationRecord {
  readonly grantId: GrantId;
  readonly spendLeft: MicroStx;
  readonly energyLeft: Wh;
  readonly maxBuyPrice: Price;
  readonly minSellPrice: Price;
  /** The last height at which the operator may act. */
  readonly expiresAt: Height;
}

/** The answer of `get-market`: tells a poller in one request whether anything changed. */
export interface MarketSummary {
  readonly sequence: Sequence;
  /** The hash chain over all events, 64 hex digits. */
  readonly digest: string;
  readonly lastTradeId: TradeId;
  readonly energyPrice: Price;
  /** All balances plus all escrowed energy, in Wh: a sum over prosumers, hence bigint. */
  readonly gridBalance: bigint;
  /** The sum of all funds balances, in µSTX. */
  readonly totalFunds: bigint;
  readonly prosumers: number;
  readonly metersRequired: boolean;
  /** The height at which the call was answered. */
  readonly height: Height;
}
