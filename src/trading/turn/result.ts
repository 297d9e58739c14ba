import type { Height, MicroStx, Price, Principal, Sequence, Wh } from '../../core/index.ts';
import type { Intent, PlannedIntent } from '../intent.ts';
import type { GridPrices, OfferView } from '../market-view.ts';
import type { Verdict } from '../risk/verdict.ts';

/** One intent and what risk said of it. */
export interface Decision {
  readonly account: Principal;
  readonly strategy: string;
  readonly intent: Intent;
  readonly verdict: Verdict;
}

/** A strategy that is no longer asked, and why. */
export interface Bench {
  /** The reference it was loaded by. */
  readonly strategy: string;
  /** The account it was deciding for; null where it failed before any. */
  readonly account: Principal | null;
  /** One line for people. */
  readonly reason: string;
}

/** An account as the turn saw it, for status and reports. */
export interface AccountSummary {
  readonly account: Principal;
  readonly strategy: string;
  readonly registered: boolean;
  readonly energy: Wh;
  readonly funds: MicroStx;
  readonly escrowed: Wh;
  readonly openOffers: number;
  readonly targetWh: Wh;
}

/** The market as the turn saw it, for status and reports. */
export interface TurnSummary {
  readonly sequence: Sequence;
  readonly energyPrice: Price;
  readonly grid: GridPrices;
  /** Open offers of anyone that can still be bought. */
  readonly openOffers: number;
  /** The cheapest of them. */
  readonly bestOffers: readonly OfferView[];
  readonly accounts: readonly AccountSummary[];
}

/** What one turn decided. Plain data. */
export interface DecidedTurn {
  /** In the order in which they were decided: by account, and within one by its strategy. */
  readonly decisions: readonly Decision[];
  /** The allowed ones, in the same order. */
  readonly allowed: readonly PlannedIntent[];
  /** Strategies that misbehaved in this turn. Their accounts send nothing until they are restarted. */
  readonly benched: readonly Bench[];
}

/** A turn and what it saw. Plain data. */
export interface TurnResult extends DecidedTurn {
  readonly turn: number;
  readonly height: Height;
  readonly summary: TurnSummary;
}
