import type { GridCall } from '../../contract/index.ts';
import type { Outcome } from './lane.ts';

/** One line for people: who did what, and what came of it. */
export function describeOutcome({ name, call, txId, result }: Outcome): string {
  return `${name} ${describe(call)}: ${result}${txId === null ? '' : ` (${txId.slice(0, 8)}…)`}`;
}

function describe(call: GridCall): string {
  switch (call.kind) {
    case 'registerProsumer':
      return 'registers';
    case 'addEnergy':
      return `produces ${call.amount} Wh`;
    case 'consumeEnergy':
      return `consumes ${call.amount} Wh`;
    case 'addFunds':
      return `pays in ${call.amount} µSTX`;
    case 'tradeEnergy':
      return `offers ${call.amount} Wh at ${call.price} µSTX/Wh`;
    case 'buyEnergy':
      return `buys trade ${call.tradeId}`;
    case 'cancelTrade':
      return `takes trade ${call.tradeId} back`;
    case 'setEnergyPrice':
      return `sets the energy price to ${call.price} µSTX/Wh`;
    default:
      return `calls ${call.kind}`;
  }
}
