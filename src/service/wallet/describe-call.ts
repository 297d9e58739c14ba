import type { GridCall } from '../../contract/index.ts';
import { unreachable } from '../../core/index.ts';

/** What a call does, for the person who signs it. Amounts stand as the exact integers that are signed. */
export function describeCall(call: GridCall): string {
  switch (call.kind) {
    case 'registerProsumer':
      return 'register the sender as a prosumer';
    case 'addEnergy':
      return `report ${call.amount} Wh as produced`;
    case 'consumeEnergy':
      return `report ${call.amount} Wh as consumed`;
    case 'addFunds':
      return `move ${call.amount} µSTX from the sender into its funds in the contract`;
    case 'withdrawFunds':
      return `move ${call.amount} µSTX from the sender's funds in the contract back to the sender`;
    case 'tradeEnergy':
      return `offer ${call.amount} Wh at ${call.price} µSTX per Wh, without expiry`;
    case 'buyEnergy':
      return `buy offer ${call.tradeId}, whole, at its price`;
    case 'cancelTrade':
      return `take back offer ${call.tradeId}`;
    case 'setEnergyPrice':
      return `set the energy price for everyone to ${call.price} µSTX per Wh`;
    case 'requireMeters':
      return call.required
        ? "require meters: from then on only an assigned meter's readings change a prosumer's energy"
        : 'no longer require meters: from then on prosumers report their own energy';
    case 'assignMeter':
      return `let ${call.meter} record the readings of ${call.prosumer}`;
    case 'recordReading':
      return `record reading ${call.readingId} of ${call.prosumer}: ${call.produced} Wh produced, ${call.consumed} Wh consumed`;
    case 'delegateTrading':
      return (
        `let ${call.operator} trade for the sender up to and at height ${call.expiresAt}: spend at most ${call.spendLimit} µSTX, ` +
        `sell at most ${call.energyLimit} Wh, buy at ${call.maxBuyPrice} µSTX per Wh or less, sell at ${call.minSellPrice} or more`
      );
    case 'revokeDelegation':
      return `end what the sender delegated to ${call.operator}; offers it listed stay open until cancelled`;
    case 'buyEnergyFor':
      return `buy ${call.entries.length} offers for prosumers, not after height ${call.validUntil}`;
    case 'tradeEnergyFor':
      return `list ${call.entries.length} offers for prosumers, open to height ${call.openUntil}, not after height ${call.validUntil}`;
    case 'cancelTradeFor':
      return `take back ${call.entries.length} offers of prosumers, not after height ${call.validUntil}`;
    default:
      return unreachable(call, 'call');
  }
}

/** µSTX that the call moves out of the sender's wallet, the fee aside. */
export const spentBy = (call: GridCall): bigint => (call.kind === 'addFunds' ? call.amount : 0n);
