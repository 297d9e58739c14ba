import type { DelegationRecord, ProsumerRecord } from '../contract/index.ts';
import { CorruptionError, microStx, type Principal, wh } from '../core/index.ts';
import { delegationKey, type MarketState } from './state.ts';

/** The account of a prosumer that has just registered. */
export const OPENING_RECORD: ProsumerRecord = Object.freeze({
  energy: wh(0),
  funds: microStx(0),
  escrowed: wh(0),
  openTrades: 0,
  meter: null,
  lastReading: 0,
});

/**
 * The prosumers with one account changed. A partial state skips an account that it holds no record of.
 *
 * @throws CorruptionError when a complete state holds no such account.
 */
export function withAccount(
  state: MarketState,
  prosumer: Principal,
  change: (account: ProsumerRecord) => Partial<ProsumerRecord>,
): MarketState['prosumers'] {
  const account = state.prosumers.get(prosumer);
  if (account !== undefined) return state.prosumers.set(prosumer, { ...account, ...change(account) });
  if (state.complete) throw new CorruptionError(`expected ${prosumer} to be registered, was unknown`);
  return state.prosumers;
}

/**
 * The delegations with one changed. A partial state skips one that it holds no record of.
 *
 * @throws CorruptionError when a complete state holds no such delegation.
 */
export function withDelegation(
  state: MarketState,
  prosumer: Principal,
  operator: Principal,
  change: Partial<DelegationRecord>,
): MarketState['delegations'] {
  const key = delegationKey(prosumer, operator);
  const delegation = state.delegations.get(key);
  if (delegation !== undefined) return state.delegations.set(key, { ...delegation, ...change });
  if (state.complete) throw new CorruptionError(`expected a delegation of ${prosumer} to ${operator}, was none`);
  return state.delegations;
}

/** Notes that a prosumer has a meter, where the state holds no record that would tell. */
export function withMetered(state: MarketState, prosumer: Principal): MarketState['meteredStrangers'] {
  return state.prosumers.has(prosumer) ? state.meteredStrangers : state.meteredStrangers.add(prosumer);
}
