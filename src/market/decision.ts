import type { GridErrorName, GridEvent, GridEventBody } from '../contract/index.ts';
import { type Height, type Principal, type Sequence, sequence } from '../core/index.ts';
import type { MarketState } from './state.ts';

/** Where and by whom a call is executed. */
export interface CallContext {
  /** The contract's `contract-caller`. */
  readonly caller: Principal;
  /** The height of the block that executes the call: the tip's plus one. */
  readonly height: Height;
  /** The µSTX that the caller owns outside the contract; where absent `addFunds` never lacks any. */
  readonly callerBalance?: bigint;
}

/** The answer to one entry of a batch: a buy's cost, a listing's trade id, a cancel's amount. */
export type DecidedEntry =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly error: GridErrorName };

/**
 * The contract's answer to a call. `result` is the value in its `(ok …)`: true, the new trade id (`tradeEnergy`), the
 * new grant's number (`delegateTrading`), or one answer per entry (batches).
 */
export type Decision =
  | {
      readonly ok: true;
      readonly events: readonly GridEvent[];
      readonly result: true | number | readonly DecidedEntry[];
    }
  | { readonly ok: false; readonly error: GridErrorName };

/** An event before it is known in which block it stands. */
type UndatedEvent = { readonly sequence: Sequence } & GridEventBody;

/** A step's answer: the one event it leads to and its value, or why not. */
export type Outcome<Value extends true | number> =
  | { readonly ok: true; readonly event: UndatedEvent; readonly value: Value }
  | { readonly ok: false; readonly error: GridErrorName };

export function refuse(error: GridErrorName): { readonly ok: false; readonly error: GridErrorName } {
  return { ok: false, error };
}

/** Numbers the next event of `state`. */
export function accept<Value extends true | number>(
  state: MarketState,
  body: GridEventBody,
  value: Value,
): Outcome<Value> {
  return { ok: true, event: { ...body, sequence: sequence(state.sequence + 1) }, value };
}

/** The event as the block of the call holds it. */
export const dated = (event: UndatedEvent, { height }: CallContext): GridEvent => ({ ...event, height });
