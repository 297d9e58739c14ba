import { gridErrors } from '../../src/contract/index.ts';
import { MAX_AMOUNT as MAX, type Sequence } from '../../src/core/index.ts';
import { type EventKind, NO_GRANT } from '../data/event-columns.ts';
import { evolveRows } from './columnar-evolve.ts';
import type { ColumnarMarket } from './columnar-market.ts';
import type { NextEvent } from './next-event.ts';

/*
 * The contract's rules as `decide` has them, in numbers. A deciding function answers OK and writes what the contract
 * would print to `market.next`, or answers the code of the first check that fails. Nothing changes until `apply`.
 * Arguments may lie beyond what the contract takes, as long as a comparison still tells.
 */

/** The call succeeds; every other answer is the contract's error code. */
export const OK = 0;
/** In place of a trade's seller or terms: whatever they are. */
export const ANY = -1;

/** Applies what was decided last. */
export function apply(market: ColumnarMarket): void {
  evolveRows(market, market.next, 0, 1);
}

/** Writes what every event has. */
export function begin(market: ColumnarMarket, kind: EventKind, account: number, height: number): NextEvent {
  const { next } = market;
  next.firstSequence = (market.sequence + 1) as Sequence;
  next.kind[0] = kind;
  next.height[0] = height;
  next.account[0] = account;
  return next;
}

export const inRange = (value: number): boolean => value > 0 && value <= MAX;
export const isAhead = (named: number, height: number): boolean => named >= height && named <= MAX;
export const isRegistered = (market: ColumnarMarket, account: number): boolean => market.registered[account] === 1;

/** By which grant an operator trades for a prosumer: NO_GRANT for itself; minus an error code where it may not. */
export function authority(market: ColumnarMarket, prosumer: number, caller: number, height: number): number {
  if (caller === prosumer) return NO_GRANT;
  const grant = market.grantOf(prosumer, caller);
  if (grant === NO_GRANT) return -gridErrors.unauthorized;
  return height > (market.expiresAt[grant] as number) ? -gridErrors.delegationExpired : grant;
}
