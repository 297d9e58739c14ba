import type { DelegationRecord, GridErrorName, ProsumerRecord } from '../contract/index.ts';
import { type Height, MAX_AMOUNT, type Principal } from '../core/index.ts';
import { delegationOf, type MarketState } from './state.ts';

/** MAX_AMOUNT as the calls count. */
export const MAX = BigInt(MAX_AMOUNT);

/** Whether `value` is an amount or a price that the contract takes. */
export function inRange(value: bigint): boolean {
  return value > 0n && value <= MAX;
}

/** Whether a height named by a call is one that has not passed; heights are inclusive. */
export function isAhead(named: bigint, height: Height): boolean {
  return named >= BigInt(height) && named <= MAX;
}

/** Whether `amount` more Wh fit into the account, should all its open offers come back. */
export function energyFits(account: ProsumerRecord, amount: bigint): boolean {
  return BigInt(account.energy) + BigInt(account.escrowed) + amount <= MAX;
}

/** By which right a caller trades for a prosumer: its own (`grant: null`) or a delegation. */
export type Authority =
  | { readonly ok: true; readonly grant: DelegationRecord | null }
  | { readonly ok: false; readonly error: GridErrorName };

export function authorityOf(state: MarketState, prosumer: Principal, caller: Principal, height: Height): Authority {
  if (caller === prosumer) return { ok: true, grant: null };
  const grant = delegationOf(state, prosumer, caller);
  if (grant === undefined) return { ok: false, error: 'unauthorized' };
  return height > grant.expiresAt ? { ok: false, error: 'delegationExpired' } : { ok: true, grant };
}
