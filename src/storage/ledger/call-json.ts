import type { BatchCall } from '../../contract/index.ts';
import { CorruptionError, principal } from '../../core/index.ts';

/** A batch call as JSON text, its integers as decimal text. */
export function callToJson(call: BatchCall): string {
  return JSON.stringify(call, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

type Fields = { readonly [name: string]: string };

/** @throws CorruptionError when the text is not a batch call. */
export function callFromJson(text: string): BatchCall {
  const parsed = JSON.parse(text) as Fields & { readonly entries: readonly Fields[] };
  const validUntil = integer(parsed, 'validUntil');
  switch (parsed.kind) {
    case 'buyEnergyFor':
      return {
        kind: 'buyEnergyFor',
        validUntil,
        entries: parsed.entries.map((entry) => ({
          buyer: address(entry, 'buyer'),
          tradeId: integer(entry, 'tradeId'),
          amount: integer(entry, 'amount'),
          maxPrice: integer(entry, 'maxPrice'),
        })),
      };
    case 'tradeEnergyFor':
      return {
        kind: 'tradeEnergyFor',
        validUntil,
        openUntil: integer(parsed, 'openUntil'),
        entries: parsed.entries.map((entry) => ({
          seller: address(entry, 'seller'),
          amount: integer(entry, 'amount'),
          price: integer(entry, 'price'),
        })),
      };
    case 'cancelTradeFor':
      return {
        kind: 'cancelTradeFor',
        validUntil,
        entries: parsed.entries.map((entry) => ({
          seller: address(entry, 'seller'),
          tradeId: integer(entry, 'tradeId'),
        })),
      };
    default:
      throw new CorruptionError(`expected the ledger to hold a batch call, was "${parsed.kind}"`);
  }
}

function field(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new CorruptionError(`expected a stored call to have "${name}"`);
  return value;
}

const integer = (fields: Fields, name: string): bigint => BigInt(field(fields, name));
const address = (fields: Fields, name: string) => principal(field(fields, name));
