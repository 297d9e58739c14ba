import { Cl, type ClarityValue } from '@stacks/transactions';
import { CorruptionError } from '../core/index.ts';
import { type AbiType, camelCase } from './abi-type.ts';

const LIMIT = 1n << 128n;

/**
 * The Clarity value of `value`, which is an `AbiValue` of the type.
 *
 * @throws CorruptionError for a value that the type cannot hold: out of range, or a list above its bound.
 */
export function encodeValue(type: AbiType, value: unknown): ClarityValue {
  if (type === 'uint128') return Cl.uint(inRange(value, 0n, LIMIT));
  if (type === 'int128') return Cl.int(inRange(value, -LIMIT / 2n, LIMIT / 2n));
  if (type === 'bool') return Cl.bool(value === true);
  if (type === 'principal') return encodePrincipal(String(value));
  if (type === 'none') return Cl.none();
  if ('optional' in type) return value === null ? Cl.none() : Cl.some(encodeValue(type.optional, value));
  if ('list' in type) {
    const items = value as readonly unknown[];
    if (items.length > type.list.length) {
      throw new CorruptionError(`expected at most ${type.list.length} list entries, was ${items.length}`);
    }
    return Cl.list(items.map((item) => encodeValue(type.list.type, item)));
  }
  if ('tuple' in type) {
    const fields = value as Readonly<Record<string, unknown>>;
    return Cl.tuple(
      Object.fromEntries(
        type.tuple.map((field) => [field.name, encodeValue(field.type, fields[camelCase(field.name)])]),
      ),
    );
  }
  throw new CorruptionError(`expected the type of an argument, was ${JSON.stringify(type)}`);
}

function inRange(value: unknown, low: bigint, end: bigint): bigint {
  if (typeof value !== 'bigint' || value < low || value >= end) {
    throw new CorruptionError(`expected an integer from ${low} to ${end - 1n}, was ${String(value)}`);
  }
  return value;
}

function encodePrincipal(text: string): ClarityValue {
  try {
    return Cl.principal(text);
  } catch (cause) {
    throw new CorruptionError(`expected a Stacks principal with a valid checksum, was "${text}"`, { cause });
  }
}
