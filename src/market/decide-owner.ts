import type { GridCall } from '../contract/index.ts';
import { price, unreachable, wh } from '../core/index.ts';
import { accept, type CallContext, type Outcome, refuse } from './decision.ts';
import { inRange, MAX } from './rules.ts';
import type { MarketState } from './state.ts';

export type OwnerCall = Extract<GridCall, { kind: 'setEnergyPrice' | 'requireMeters' | 'assignMeter' }>;

/** The contract's rules on what its owner does. */
export function decideOwner(state: MarketState, call: OwnerCall, { caller }: CallContext): Outcome<true> {
  if (caller !== state.owner) return refuse('ownerOnly');
  switch (call.kind) {
    case 'setEnergyPrice':
      return inRange(call.price)
        ? accept(state, { topic: 'energy-price-set', price: price(call.price) }, true)
        : refuse('invalidPrice');
    case 'requireMeters':
      return accept(state, { topic: 'meters-required', required: call.required }, true);
    case 'assignMeter':
      return state.prosumers.has(call.prosumer)
        ? accept(state, { topic: 'meter-assigned', prosumer: call.prosumer, meter: call.meter }, true)
        : refuse('notFound');
    default:
      return unreachable(call, 'call');
  }
}

/** The contract's rules on a meter's reading: of energy already used, hence never refused for lack of balance. */
export function decideReading(
  state: MarketState,
  call: Extract<GridCall, { kind: 'recordReading' }>,
  { caller }: CallContext,
): Outcome<true> {
  const account = state.prosumers.get(call.prosumer);
  if (account === undefined) return refuse('notFound');
  if (account.meter !== caller) return refuse('unauthorized');
  if (call.readingId > MAX || call.produced > MAX || call.consumed > MAX) return refuse('invalidAmount');
  if (call.readingId <= account.lastReading) return refuse('invalidAmount');
  const energy = BigInt(account.energy) + call.produced - call.consumed;
  if (energy < -MAX || energy + BigInt(account.escrowed) > MAX) return refuse('balanceCap');
  return accept(
    state,
    {
      topic: 'reading-recorded',
      prosumer: call.prosumer,
      meter: caller,
      readingId: Number(call.readingId),
      produced: wh(call.produced),
      consumed: wh(call.consumed),
      energyBalance: wh(energy),
    },
    true,
  );
}
