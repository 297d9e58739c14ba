import type { GridEvent } from '../contract/index.ts';
import { CorruptionError } from '../core/index.ts';
import { delegationKey, type MarketState } from './state.ts';

type DelegationEvent = Extract<GridEvent, { topic: 'delegation-granted' | 'delegation-revoked' }>;

/** Applies a grant, which replaces any earlier one of the pair, or its end. */
export function evolveDelegation(state: MarketState, event: DelegationEvent): MarketState {
  const key = delegationKey(event.prosumer, event.operator);
  if (event.topic === 'delegation-revoked') {
    if (state.complete && state.delegations.get(key)?.grantId !== event.grantId) {
      throw new CorruptionError(
        `expected grant ${event.grantId} of ${event.prosumer} to ${event.operator} to be in force, was not`,
      );
    }
    return { ...state, delegations: state.delegations.delete(key) };
  }
  return {
    ...state,
    lastGrantId: event.grantId,
    delegations: state.delegations.set(key, {
      grantId: event.grantId,
      spendLeft: event.spendLimit,
      energyLeft: event.energyLimit,
      maxBuyPrice: event.maxBuyPrice,
      minSellPrice: event.minSellPrice,
      expiresAt: event.expiresAt,
    }),
  };
}
