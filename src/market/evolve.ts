import type { GridEvent } from '../contract/index.ts';
import { CorruptionError, unreachable } from '../core/index.ts';
import { evolveAccount } from './evolve-account.ts';
import { evolveDelegation } from './evolve-delegation.ts';
import { evolveTrade } from './evolve-trade.ts';
import type { MarketState } from './state.ts';

function evolveTopic(state: MarketState, event: GridEvent): MarketState {
  switch (event.topic) {
    case 'prosumer-registered':
    case 'energy-added':
    case 'energy-consumed':
    case 'funds-added':
    case 'funds-withdrawn':
    case 'meter-assigned':
    case 'reading-recorded':
      return evolveAccount(state, event);
    case 'trade-listed':
    case 'trade-cancelled':
    case 'trade-bought':
      return evolveTrade(state, event);
    case 'delegation-granted':
    case 'delegation-revoked':
      return evolveDelegation(state, event);
    case 'energy-price-set':
      return { ...state, energyPrice: event.price };
    case 'meters-required':
      return { ...state, metersRequired: event.required };
    default:
      return unreachable(event, 'event topic');
  }
}

/**
 * The state after one more event of the contract; `state` itself stays as it is.
 *
 * @throws CorruptionError when `event` is not the next one, or speaks of what the state proves not to exist.
 */
export function evolve(state: MarketState, event: GridEvent): MarketState {
  if (event.sequence !== state.sequence + 1) {
    throw new CorruptionError(`expected event ${state.sequence + 1}, was event ${event.sequence} (${event.topic})`);
  }
  return { ...evolveTopic(state, event), sequence: event.sequence };
}
