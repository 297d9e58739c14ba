import { type BatchCall, type GridEvent, MAX_BATCH_ENTRIES } from '../contract/index.ts';
import { CorruptionError, unreachable } from '../core/index.ts';
import { decideCancellation, decideListing, decidePurchase } from './decide-trade.ts';
import { type CallContext, type DecidedEntry, type Decision, dated, type Outcome, refuse } from './decision.ts';
import { evolve } from './evolve.ts';
import { isAhead } from './rules.ts';
import type { MarketState } from './state.ts';

type Step = (state: MarketState) => Outcome<number>;

function stepsOf(call: BatchCall, context: CallContext): Step[] {
  switch (call.kind) {
    case 'buyEnergyFor':
      return call.entries.map(({ buyer, tradeId, amount, maxPrice }) => (state) => {
        return decidePurchase(state, { buyer, tradeId, terms: { amount, maxPrice } }, context);
      });
    case 'tradeEnergyFor':
      return call.entries.map(({ seller, amount, price }) => (state) => {
        return decideListing(state, { seller, amount, price, openUntil: call.openUntil }, context);
      });
    case 'cancelTradeFor':
      return call.entries.map(({ seller, tradeId }) => (state) => {
        return decideCancellation(state, { seller, tradeId }, context);
      });
    default:
      return unreachable(call, 'batch call');
  }
}

/**
 * The contract's rules on a batch: each entry sees what the ones before it did; one that fails changes nothing and stops
 * no other.
 *
 * @throws CorruptionError for more entries than a call can carry.
 */
export function decideBatch(state: MarketState, call: BatchCall, context: CallContext): Decision {
  if (call.entries.length > MAX_BATCH_ENTRIES) {
    throw new CorruptionError(`expected at most ${MAX_BATCH_ENTRIES} batch entries, was ${call.entries.length}`);
  }
  if (call.validUntil < BigInt(context.height)) return refuse('pastHeight');
  if (call.kind === 'tradeEnergyFor' && !isAhead(call.openUntil, context.height)) return refuse('pastHeight');
  const events: GridEvent[] = [];
  const results: DecidedEntry[] = [];
  let current = state;
  for (const step of stepsOf(call, context)) {
    const outcome = step(current);
    if (outcome.ok) {
      const event = dated(outcome.event, context);
      events.push(event);
      current = evolve(current, event);
      results.push({ ok: true, value: outcome.value });
    } else results.push(outcome);
  }
  return { ok: true, events, result: results };
}
