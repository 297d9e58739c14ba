import type { ClarityValue } from '@stacks/transactions';
import { CorruptionError } from '../core/index.ts';
import { camelCase } from './abi-type.ts';
import type { EntryCall, GridCall } from './call.ts';
import { type ClarityInput, decodeValue } from './decode-value.ts';
import { type ArgumentsOf, findFunction, type PublicFunctionName } from './functions.ts';

/**
 * The call that a transaction makes: the inverse of `encodeCall`, for display and recordings.
 *
 * @throws CorruptionError for a function that the contract does not declare, for arguments that are not of its types, and
 * for a batch whose lists differ in length, which no `GridCall` can say.
 */
export function decodeCall(
  functionName: string,
  functionArgs: readonly ClarityInput[] | readonly ClarityValue[],
): GridCall | EntryCall {
  const declared = findFunction(functionName);
  if (declared === undefined || declared.access !== 'public') {
    throw new CorruptionError(`expected a public function of energy-grid, was "${functionName}"`);
  }
  const name = declared.name;
  const values = <Name extends PublicFunctionName>(_: Name) => decodeArguments<Name>(functionName, functionArgs);
  switch (name) {
    case 'register-prosumer':
      return { kind: 'registerProsumer', ...values(name) };
    case 'add-energy':
      return { kind: 'addEnergy', ...values(name) };
    case 'consume-energy':
      return { kind: 'consumeEnergy', ...values(name) };
    case 'add-funds':
      return { kind: 'addFunds', ...values(name) };
    case 'withdraw-funds':
      return { kind: 'withdrawFunds', ...values(name) };
    case 'trade-energy':
      return { kind: 'tradeEnergy', ...values(name) };
    case 'buy-energy':
      return { kind: 'buyEnergy', ...values(name) };
    case 'cancel-trade':
      return { kind: 'cancelTrade', ...values(name) };
    case 'set-energy-price':
      return { kind: 'setEnergyPrice', ...values(name) };
    case 'require-meters':
      return { kind: 'requireMeters', ...values(name) };
    case 'assign-meter':
      return { kind: 'assignMeter', ...values(name) };
    case 'record-reading':
      return { kind: 'recordReading', ...values(name) };
    case 'delegate-trading':
      return { kind: 'delegateTrading', ...values(name) };
    case 'revoke-delegation':
      return { kind: 'revokeDelegation', ...values(name) };
    case 'buy-one-for':
      return { kind: 'buyOneFor', ...values(name) };
    case 'trade-one-for':
      return { kind: 'tradeOneFor', ...values(name) };
    case 'cancel-one-for':
      return { kind: 'cancelOneFor', ...values(name) };
    case 'buy-energy-for': {
      const { validUntil, buyers, tradeIds, amounts, maxPrices } = values(name);
      const at = rows([buyers, tradeIds, amounts, maxPrices]);
      const entries = buyers.map((buyer, row) => {
        return { buyer, tradeId: at(tradeIds, row), amount: at(amounts, row), maxPrice: at(maxPrices, row) };
      });
      return { kind: 'buyEnergyFor', validUntil, entries };
    }
    case 'trade-energy-for': {
      const { validUntil, openUntil, sellers, amounts, prices } = values(name);
      const at = rows([sellers, amounts, prices]);
      const entries = sellers.map((seller, row) => ({ seller, amount: at(amounts, row), price: at(prices, row) }));
      return { kind: 'tradeEnergyFor', validUntil, openUntil, entries };
    }
    case 'cancel-trade-for': {
      const { validUntil, sellers, tradeIds } = values(name);
      const at = rows([sellers, tradeIds]);
      return {
        kind: 'cancelTradeFor',
        validUntil,
        entries: sellers.map((seller, row) => ({ seller, tradeId: at(tradeIds, row) })),
      };
    }
  }
}

function decodeArguments<Name extends PublicFunctionName>(
  name: string,
  functionArgs: readonly ClarityInput[],
): ArgumentsOf<Name> {
  const declared = findFunction(name)?.args ?? [];
  if (functionArgs.length !== declared.length) {
    throw new CorruptionError(`expected ${declared.length} arguments of ${name}, was ${functionArgs.length}`);
  }
  const values = declared.map((field, index) => {
    return [camelCase(field.name), decodeValue(field.type, functionArgs[index] ?? '')];
  });
  return Object.fromEntries(values) as ArgumentsOf<Name>;
}

/** Access to the columns of a batch by row, once they are known to be equally long. */
function rows(columns: readonly (readonly unknown[])[]): <T>(column: readonly T[], row: number) => T {
  const lengths = columns.map((column) => column.length);
  if (new Set(lengths).size > 1) throw new CorruptionError(`expected lists of equal lengths, was ${lengths}`);
  return <T>(column: readonly T[], row: number) => column[row] as T;
}
