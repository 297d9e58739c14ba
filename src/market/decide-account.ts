import type { GridCall } from '../contract/index.ts';
import { microStx, unreachable, wh } from '../core/index.ts';
import { accept, type CallContext, type Outcome, refuse } from './decision.ts';
import { energyFits, inRange, MAX } from './rules.ts';
import type { MarketState } from './state.ts';

type AccountKind = 'registerProsumer' | 'addEnergy' | 'consumeEnergy' | 'addFunds' | 'withdrawFunds';
export type AccountCall = Extract<GridCall, { kind: AccountKind }>;

/** The contract's rules on the caller's own account. */
export function decideAccount(state: MarketState, call: AccountCall, context: CallContext): Outcome<true> {
  switch (call.kind) {
    case 'registerProsumer':
      return state.prosumers.has(context.caller)
        ? refuse('alreadyRegistered')
        : accept(state, { topic: 'prosumer-registered', prosumer: context.caller }, true);
    case 'addEnergy':
    case 'consumeEnergy':
      return decideEnergy(state, call, context);
    case 'addFunds':
    case 'withdrawFunds':
      return decideFunds(state, call, context);
    default:
      return unreachable(call, 'call');
  }
}

function decideEnergy(
  state: MarketState,
  call: Extract<GridCall, { kind: 'addEnergy' | 'consumeEnergy' }>,
  { caller }: CallContext,
): Outcome<true> {
  const account = state.prosumers.get(caller);
  if (account === undefined) return refuse('notFound');
  if (state.metersRequired) return refuse('unauthorized');
  if (!inRange(call.amount)) return refuse('invalidAmount');
  const added = call.kind === 'addEnergy';
  if (added && !energyFits(account, call.amount)) return refuse('balanceCap');
  if (!added && account.energy < call.amount) return refuse('insufficientEnergy');
  const amount = wh(call.amount);
  return accept(
    state,
    {
      topic: added ? 'energy-added' : 'energy-consumed',
      prosumer: caller,
      amount,
      energyBalance: wh(added ? account.energy + amount : account.energy - amount),
    },
    true,
  );
}

function decideFunds(
  state: MarketState,
  call: Extract<GridCall, { kind: 'addFunds' | 'withdrawFunds' }>,
  { caller, callerBalance }: CallContext,
): Outcome<true> {
  const account = state.prosumers.get(caller);
  if (account === undefined) return refuse('notFound');
  if (!inRange(call.amount)) return refuse('invalidAmount');
  const added = call.kind === 'addFunds';
  if (added && BigInt(account.funds) + call.amount > MAX) return refuse('balanceCap');
  if (added && callerBalance !== undefined && callerBalance < call.amount) return refuse('transferInsufficientBalance');
  if (!added && account.funds < call.amount) return refuse('insufficientFunds');
  const amount = microStx(call.amount);
  return accept(
    state,
    {
      topic: added ? 'funds-added' : 'funds-withdrawn',
      prosumer: caller,
      amount,
      fundsBalance: microStx(added ? account.funds + amount : account.funds - amount),
    },
    true,
  );
}
