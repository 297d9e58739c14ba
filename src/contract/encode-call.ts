import type { ClarityValue } from '@stacks/transactions';
import { unreachable } from '../core/index.ts';
import { camelCase } from './abi-type.ts';
import type { EntryCall, GridCall } from './call.ts';
import { encodeValue } from './encode-value.ts';
import { type ArgumentsOf, findFunction, type PublicFunctionName, type ReadFunctionName } from './functions.ts';

export interface EncodedCall {
  readonly functionName: PublicFunctionName;
  readonly functionArgs: readonly ClarityValue[];
}

/**
 * The function name and Clarity arguments of a call.
 *
 * @throws CorruptionError for arguments that the contract's types cannot hold, for example more than 100 batch entries.
 */
export function encodeCall(call: GridCall | EntryCall): EncodedCall {
  switch (call.kind) {
    case 'registerProsumer':
      return encoded('register-prosumer', {});
    case 'addEnergy':
      return encoded('add-energy', call);
    case 'consumeEnergy':
      return encoded('consume-energy', call);
    case 'addFunds':
      return encoded('add-funds', call);
    case 'withdrawFunds':
      return encoded('withdraw-funds', call);
    case 'tradeEnergy':
      return encoded('trade-energy', call);
    case 'buyEnergy':
      return encoded('buy-energy', call);
    case 'cancelTrade':
      return encoded('cancel-trade', call);
    case 'setEnergyPrice':
      return encoded('set-energy-price', call);
    case 'requireMeters':
      return encoded('require-meters', call);
    case 'assignMeter':
      return encoded('assign-meter', call);
    case 'recordReading':
      return encoded('record-reading', call);
    case 'delegateTrading':
      return encoded('delegate-trading', call);
    case 'revokeDelegation':
      return encoded('revoke-delegation', call);
    case 'buyOneFor':
      return encoded('buy-one-for', call);
    case 'tradeOneFor':
      return encoded('trade-one-for', call);
    case 'cancelOneFor':
      return encoded('cancel-one-for', call);
    case 'buyEnergyFor':
      return encoded('buy-energy-for', {
        validUntil: call.validUntil,
        buyers: call.entries.map(({ buyer }) => buyer),
        tradeIds: call.entries.map(({ tradeId }) => tradeId),
        amounts: call.entries.map(({ amount }) => amount),
        maxPrices: call.entries.map(({ maxPrice }) => maxPrice),
      });
    case 'tradeEnergyFor':
      return encoded('trade-energy-for', {
        validUntil: call.validUntil,
        openUntil: call.openUntil,
        sellers: call.entries.map(({ seller }) => seller),
        amounts: call.entries.map(({ amount }) => amount),
        prices: call.entries.map(({ price }) => price),
      });
    case 'cancelTradeFor':
      return encoded('cancel-trade-for', {
        validUntil: call.validUntil,
        sellers: call.entries.map(({ seller }) => seller),
        tradeIds: call.entries.map(({ tradeId }) => tradeId),
      });
    default:
      return unreachable(call, 'call');
  }
}

function encoded<Name extends PublicFunctionName>(name: Name, values: ArgumentsOf<Name>): EncodedCall {
  return { functionName: name, functionArgs: encodeArguments(name, values) };
}

/** The Clarity arguments of a function, in its order. @internal */
export function encodeArguments<Name extends PublicFunctionName | ReadFunctionName>(
  name: Name,
  values: ArgumentsOf<Name>,
): ClarityValue[] {
  const byName = values as Readonly<Record<string, never>>;
  return (findFunction(name)?.args ?? []).map((field) =>
    encodeValue(field.type, byName[camelCase(field.name)] as never),
  );
}
