import type { GridEvent } from '../contract/index.ts';
import { CorruptionError, unreachable } from '../core/index.ts';
import { OPENING_RECORD, withAccount, withMetered } from './records.ts';
import type { MarketState } from './state.ts';

type AccountEvent = Extract<
  GridEvent,
  {
    topic:
      | 'prosumer-registered'
      | 'energy-added'
      | 'energy-consumed'
      | 'funds-added'
      | 'funds-withdrawn'
      | 'meter-assigned'
      | 'reading-recorded';
  }
>;

/** Applies an event of one prosumer's account. */
export function evolveAccount(state: MarketState, event: AccountEvent): MarketState {
  const { prosumer } = event;
  switch (event.topic) {
    case 'prosumer-registered':
      if (state.prosumers.has(prosumer)) {
        throw new CorruptionError(
          `expected ${prosumer} to register once, was registered before event ${event.sequence}`,
        );
      }
      return {
        ...state,
        prosumerCount: state.prosumerCount + 1,
        prosumers: state.prosumers.set(prosumer, OPENING_RECORD),
      };
    case 'energy-added':
    case 'energy-consumed': {
      const change = event.topic === 'energy-added' ? BigInt(event.amount) : -BigInt(event.amount);
      return {
        ...state,
        gridBalance: state.gridBalance + change,
        prosumers: withAccount(state, prosumer, () => ({ energy: event.energyBalance })),
      };
    }
    case 'funds-added':
    case 'funds-withdrawn': {
      const change = event.topic === 'funds-added' ? BigInt(event.amount) : -BigInt(event.amount);
      return {
        ...state,
        totalFunds: state.totalFunds + change,
        prosumers: withAccount(state, prosumer, () => ({ funds: event.fundsBalance })),
      };
    }
    case 'meter-assigned':
      return {
        ...state,
        prosumers: withAccount(state, prosumer, () => ({ meter: event.meter })),
        meteredStrangers: withMetered(state, prosumer),
      };
    case 'reading-recorded':
      return {
        ...state,
        gridBalance: state.gridBalance + BigInt(event.produced) - BigInt(event.consumed),
        prosumers: withAccount(state, prosumer, () => ({ energy: event.energyBalance, lastReading: event.readingId })),
        meteredStrangers: withMetered(state, prosumer),
      };
    default:
      return unreachable(event, 'account event');
  }
}
