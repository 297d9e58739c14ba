import type { Height, MicroStx, Price, Principal, Wh } from '../../core/index.ts';
import type { OpenIntent } from '../intent.ts';

/** `reducing` sends only what lowers exposure: cancels, and listings of energy above the stated need. */
export type HaltState = 'active' | 'reducing' | 'halted';

/** What an account has used of its daily limits, in the day that the caller counts by. */
export interface DayTotal {
  readonly account: Principal;
  /** The cost of its buys of the day: confirmed ones, and the worst case of unconfirmed ones. */
  readonly spent: MicroStx;
  /** The network fees of the day, unconfirmed ones included. */
  readonly fees: MicroStx;
}

/** The room that an operator's lane has, as execution knows it. */
export interface LaneState {
  readonly operator: Principal;
  readonly unconfirmed: number;
  /** Batch entries that may still be sent before earlier transactions confirm. */
  readonly entriesLeft: number;
  /** The wallet that pays the fees, less the fees of unconfirmed transactions. */
  readonly balance: MicroStx;
}

/** The grid's prices as configured; null means the default that follows the energy price. */
export interface GridSettings {
  /** @default the energy price */
  readonly import?: Price | null;
  /** @default 40 % of the energy price, rounded down */
  readonly feedIn?: Price | null;
}

/** All that changes from turn to turn besides the market. Plain data that can be cloned to another thread. */
export interface TurnRequest {
  readonly turn: number;
  /** The chain's tip. */
  readonly height: Height;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** The last successful poll of the market: when it was, and the tip that it saw. */
  readonly lastPoll: { readonly atMs: number; readonly height: Height };
  readonly haltState: HaltState;
  /** Allowed intents whose outcome the chain has not told yet. */
  readonly openIntents: readonly OpenIntent[];
  /** Accounts that are not named have used nothing. */
  readonly dayTotals: readonly DayTotal[];
  /** Operators that are not named have no bound. */
  readonly lanes: readonly LaneState[];
  /** The expected network fee of one batch entry. */
  readonly feePerEntry: MicroStx;
  readonly grid?: GridSettings;
  /** Stated needs that replace those of the accounts from this turn, for example as meter readings come in. */
  readonly targets?: readonly { readonly account: Principal; readonly targetWh: Wh }[];
}
