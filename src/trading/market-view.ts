import type { GrantId, Height, MicroStx, Price, Principal, TradeId, Wh } from '../core/index.ts';

/** An offer that the account may buy now. */
export interface OfferView {
  readonly tradeId: TradeId;
  readonly seller: Principal;
  readonly amount: Wh;
  readonly price: Price;
  /** amount × price: an offer is bought whole. */
  readonly cost: MicroStx;
  /** The last height at which it can be bought; null where it never expires. */
  readonly openUntil: Height | null;
  /** Whether the seller's energy comes from an assigned meter. */
  readonly attested: boolean;
}

/** An open offer of the account itself. */
export interface OwnOfferView {
  readonly tradeId: TradeId;
  readonly amount: Wh;
  readonly price: Price;
  readonly openUntil: Height | null;
  /** The height at which it was listed, or first seen where that is not known. */
  readonly listedAt: Height;
  /** Blocks since `listedAt`. */
  readonly age: number;
  /** Whether its height has passed, so that nobody can buy it any more. */
  readonly expired: boolean;
  /** Whether a cancel of it is on its way to the chain. */
  readonly cancelling: boolean;
  /** Whether the account's operator may cancel it: it listed it, or the offer is past its height. */
  readonly cancellable: boolean;
}

/** What the contract still lets the operator do for the account. */
export interface DelegationView {
  /** False when it is missing or expired; the limits are then 0. */
  readonly live: boolean;
  readonly grantId: GrantId | null;
  /** Left after the intents that the chain has not confirmed. */
  readonly spendLeft: MicroStx;
  /** Left after the intents that the chain has not confirmed. */
  readonly energyLeft: Wh;
  readonly maxBuyPrice: Price;
  readonly minSellPrice: Price;
  /** The last height at which the operator may act. */
  readonly expiresAt: Height;
}

/** Intents of the account that the chain has not told the outcome of. */
export interface PendingView {
  readonly buyWh: Wh;
  /** The worst-case cost of these buys. */
  readonly buyCost: MicroStx;
  readonly listWh: Wh;
  readonly lists: number;
  readonly cancelWh: Wh;
}

export interface AccountView {
  readonly principal: Principal;
  /** On the chain; energy in open offers is not part of it. */
  readonly energy: Wh;
  /** On the chain. */
  readonly funds: MicroStx;
  /** Energy in its open offers. */
  readonly escrowed: Wh;
  /** Its open offers by id, expired ones included. */
  readonly openOffers: readonly OwnOfferView[];
  readonly openOfferCount: number;
  /**
   * Those of `openOffers` that expired, or that ask less than `lowest` or more than `highest`: quicker to come by than all.
   */
  offersOutside(lowest: number, highest: number): readonly OwnOfferView[];
  /** The stated need: the energy balance that the account wants to hold. */
  readonly targetWh: Wh;
  readonly pending: PendingView;
  /** What it may list now: energy less pending listings, never negative. */
  readonly freeEnergy: Wh;
  /** What it may spend now: funds less pending buys and the reserve, never negative. */
  readonly freeFunds: MicroStx;
  /** Null for the operator's own account, which needs none. */
  readonly delegation: DelegationView | null;
  /** Whether the account has an assigned meter. */
  readonly attested: boolean;
}

/**
 * What risk will still allow the account in this turn, delegation, funds and lane counted in. Asking for more is denied,
 * not punished.
 */
export interface LimitsView {
  /** What buys may cost together. */
  readonly spendLeft: MicroStx;
  /** What buys and listings may move together. */
  readonly energyLeft: Wh;
  /** What listings may offer together. */
  readonly listLeft: Wh;
  /** How many more offers it may open. */
  readonly offersLeft: number;
  /** How many intents it may send. */
  readonly intentsLeft: number;
  readonly highestBuyPrice: Price;
  readonly lowestListPrice: Price;
  readonly highestListPrice: Price;
}

/** A confirmed trade of anyone. */
export interface TradeView {
  readonly height: Height;
  readonly tradeId: TradeId;
  readonly price: Price;
  readonly amount: Wh;
}

/** A change of the energy price. */
export interface EnergyPriceView {
  readonly height: Height;
  readonly price: Price;
}

/** Trades summed up. Numbers, since sums may leave what an amount can be: exact up to 2^53, the nearest number beyond. */
export interface TradedView {
  readonly count: number;
  /** Σ amount, in Wh. */
  readonly volume: number;
  /** Σ amount × price, in µSTX; by `volume` it is the mean price by energy (VWAP). */
  readonly turnover: number;
}

/** The recent past, oldest first. */
export interface HistoryView {
  readonly trades: readonly TradeView[];
  readonly energyPrices: readonly EnergyPriceView[];
  /** Sums up those of `trades` in blocks of height `since` and above, without walking through them. */
  traded(since: number): TradedView;
}

/** What the grid company pays and charges: the alternatives to trading with neighbours. */
export interface GridPrices {
  readonly import: Price;
  readonly feedIn: Price;
}

/**
 * All that a strategy sees, as of one tip. Frozen all the way down; views of different accounts share parts.
 */
export interface MarketView {
  readonly turn: number;
  /** The tip. A transaction sent now executes at `height + 1` at the earliest. */
  readonly height: Height;
  /** The time of the turn, in milliseconds since the Unix epoch. */
  readonly nowMs: number;
  readonly energyPrice: Price;
  readonly grid: GridPrices;
  /**
   * What can be bought: cheapest first, then oldest. Without the account's own offers, offers that an unconfirmed
   * intent claims, and offers that an account before it took in this turn.
   */
  readonly offers: readonly OfferView[];
  /** The first of `offers`; null where there is none. */
  readonly bestOffer: OfferView | null;
  /**
   * Those of `offers` that ask at most `price` for at most `amount` Wh, where it is given: quicker to come by than all.
   */
  offersUpTo(price: number, amount?: number): readonly OfferView[];
  readonly history: HistoryView;
  readonly account: AccountView;
  /** The expected network fee of one intent; an intent pays it whether it succeeds or not. */
  readonly feePerEntry: MicroStx;
  readonly limits: LimitsView;
}
