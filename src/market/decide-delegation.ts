import type { GridCall } from '../contract/index.ts';
import { type GrantId, grantId, height, microStx, price, wh } from '../core/index.ts';
import { accept, type CallContext, type Outcome, refuse } from './decision.ts';
import { isAhead, MAX } from './rules.ts';
import { delegationOf, type MarketState } from './state.ts';

/** The contract's rules on granting an operator limits. */
export function decideDelegate(
  state: MarketState,
  call: Extract<GridCall, { kind: 'delegateTrading' }>,
  context: CallContext,
): Outcome<GrantId> {
  if (!state.prosumers.has(context.caller)) return refuse('notFound');
  if (call.operator === context.caller) return refuse('unauthorized');
  if (call.energyLimit > MAX) return refuse('invalidAmount');
  if (call.spendLimit > MAX || call.maxBuyPrice > MAX || call.minSellPrice > MAX) return refuse('invalidPrice');
  if (!isAhead(call.expiresAt, context.height)) return refuse('pastHeight');
  const id = grantId(state.lastGrantId + 1);
  return accept(
    state,
    {
      topic: 'delegation-granted',
      prosumer: context.caller,
      operator: call.operator,
      grantId: id,
      spendLimit: microStx(call.spendLimit),
      energyLimit: wh(call.energyLimit),
      maxBuyPrice: price(call.maxBuyPrice),
      minSellPrice: price(call.minSellPrice),
      expiresAt: height(call.expiresAt),
    },
    id,
  );
}

/** The contract's rules on ending a delegation; one whose height has passed can be ended too. */
export function decideRevoke(
  state: MarketState,
  call: Extract<GridCall, { kind: 'revokeDelegation' }>,
  { caller }: CallContext,
): Outcome<true> {
  if (!state.prosumers.has(caller)) return refuse('notFound');
  const grant = delegationOf(state, caller, call.operator);
  if (grant === undefined) return refuse('unauthorized');
  return accept(
    state,
    { topic: 'delegation-revoked', prosumer: caller, operator: call.operator, grantId: grant.grantId },
    true,
  );
}
