import type { EntryCall, GridCall } from '../contract/index.ts';
import { unreachable } from '../core/index.ts';
import { decideAccount } from './decide-account.ts';
import { decideBatch } from './decide-batch.ts';
import { decideDelegate, decideRevoke } from './decide-delegation.ts';
import { decideOwner, decideReading } from './decide-owner.ts';
import { decideCancellation, decideListing, decidePurchase } from './decide-trade.ts';
import { type CallContext, type Decision, dated, type Outcome } from './decision.ts';
import type { MarketState } from './state.ts';

/**
 * What the contract would answer to a call: the events it would print and its result, or the error of the first check
 * that fails, in the contract's own order. `state` stays as it is; `evolve` applies the events.
 *
 * Exact on a complete state; on a partial one only where it holds the records of everyone and everything the call names.
 *
 * @throws CorruptionError for a batch of more entries than a call can carry.
 */
export function decide(state: MarketState, call: GridCall | EntryCall, context: CallContext): Decision {
  const { caller } = context;
  switch (call.kind) {
    case 'registerProsumer':
    case 'addEnergy':
    case 'consumeEnergy':
    case 'addFunds':
    case 'withdrawFunds':
      return single(decideAccount(state, call, context), context);
    case 'tradeEnergy':
      return single(decideListing(state, { ...call, seller: caller, openUntil: null }, context), context);
    case 'buyEnergy':
      return affirmed(decidePurchase(state, { buyer: caller, tradeId: call.tradeId, terms: null }, context), context);
    case 'cancelTrade':
      return affirmed(decideCancellation(state, { tradeId: call.tradeId, seller: null }, context), context);
    case 'setEnergyPrice':
    case 'requireMeters':
    case 'assignMeter':
      return single(decideOwner(state, call, context), context);
    case 'recordReading':
      return single(decideReading(state, call, context), context);
    case 'delegateTrading':
      return single(decideDelegate(state, call, context), context);
    case 'revokeDelegation':
      return single(decideRevoke(state, call, context), context);
    case 'buyOneFor':
      return single(decidePurchase(state, { ...call, terms: call }, context), context);
    case 'tradeOneFor':
      return single(decideListing(state, call, context), context);
    case 'cancelOneFor':
      return single(decideCancellation(state, call, context), context);
    case 'buyEnergyFor':
    case 'tradeEnergyFor':
    case 'cancelTradeFor':
      return decideBatch(state, call, context);
    default:
      return unreachable(call, 'call');
  }
}

function single(outcome: Outcome<true | number>, context: CallContext): Decision {
  return outcome.ok ? { ok: true, events: [dated(outcome.event, context)], result: outcome.value } : outcome;
}

/** The seed functions answer true where the batches answer the cost or the amount. */
function affirmed(outcome: Outcome<number>, context: CallContext): Decision {
  return outcome.ok ? { ok: true, events: [dated(outcome.event, context)], result: true } : outcome;
}
