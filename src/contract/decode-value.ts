import { ClarityType, type ClarityValue, deserializeCV, serializeCV } from '@stacks/transactions';
import { CorruptionError, principal } from '../core/index.ts';
import { type AbiField, type AbiType, type AbiValue, camelCase } from './abi-type.ts';

/** A Clarity value, or its consensus bytes as hex with or without `0x`. */
export type ClarityInput = string | ClarityValue;

/**
 * Parses consensus bytes.
 *
 * @throws CorruptionError for bytes that are not exactly one value in its one serialized form.
 */
export function parseClarity(input: ClarityInput): ClarityValue {
  if (typeof input !== 'string') return input;
  const hex = bareHex(input);
  let value: ClarityValue;
  try {
    value = deserializeCV(hex);
  } catch (cause) {
    throw new CorruptionError(`expected a serialized Clarity value, was "${excerpt(hex)}"`, { cause });
  }
  // The deserializer takes trailing bytes and unordered tuples; a node gives neither.
  if (serializeCV(value) !== hex) {
    throw new CorruptionError(`expected the serialized form of one Clarity value, was "${excerpt(hex)}"`);
  }
  return value;
}

/**
 * Hex as the stores and hashes take it: lower case, without `0x`.
 *
 * @throws CorruptionError for anything but whole bytes of hex.
 */
export function bareHex(text: string): string {
  const hex = text.toLowerCase().replace(/^0x/, '');
  if (!/^([0-9a-f]{2})+$/.test(hex)) throw new CorruptionError(`expected bytes as hex, was "${excerpt(text)}"`);
  return hex;
}

/**
 * The TypeScript value of a Clarity value.
 *
 * @throws CorruptionError unless it is of the type, with all fields and no other.
 */
export function decodeValue<const Type extends AbiType>(type: Type, input: ClarityInput): AbiValue<Type> {
  return decodeUntyped(type, parseClarity(input)) as AbiValue<Type>;
}

/** `decodeValue` for a type that is known at run time only. */
export function decodeUntyped(type: AbiType, value: ClarityValue): unknown {
  if (typeof type === 'string') return decodeAtom(type, value);
  if ('optional' in type) {
    if (value.type === ClarityType.OptionalNone) return null;
    if (value.type === ClarityType.OptionalSome) return decodeUntyped(type.optional, value.value);
  } else if ('list' in type) {
    if (value.type === ClarityType.List && value.value.length <= type.list.length) {
      return value.value.map((item) => decodeUntyped(type.list.type, item));
    }
  } else if ('tuple' in type) {
    if (value.type === ClarityType.Tuple) return decodeFields(type.tuple, value.value);
  } else if ('response' in type) {
    if (value.type === ClarityType.ResponseOk) return { ok: true, value: decodeUntyped(type.response.ok, value.value) };
    if (value.type === ClarityType.ResponseErr)
      return { ok: false, error: decodeUntyped(type.response.error, value.value) };
  } else if ('buffer' in type) {
    if (value.type === ClarityType.Buffer && value.value.length <= 2 * type.buffer.length) return value.value;
  } else if (value.type === ClarityType.StringASCII && value.value.length <= type['string-ascii'].length) {
    return value.value;
  }
  throw mismatch(type, value);
}

function decodeAtom(type: AbiType & string, value: ClarityValue): unknown {
  if (type === 'uint128' && value.type === ClarityType.UInt) return BigInt(value.value);
  if (type === 'int128' && value.type === ClarityType.Int) return BigInt(value.value);
  if (type === 'bool' && value.type === ClarityType.BoolTrue) return true;
  if (type === 'bool' && value.type === ClarityType.BoolFalse) return false;
  if (type === 'none' && value.type === ClarityType.OptionalNone) return null;
  if (
    type === 'principal' &&
    (value.type === ClarityType.PrincipalStandard || value.type === ClarityType.PrincipalContract)
  ) {
    return principal(value.value);
  }
  throw mismatch(type, value);
}

function decodeFields(fields: readonly AbiField[], values: Readonly<Record<string, ClarityValue>>): unknown {
  const names = Object.keys(values);
  const known = new Set(fields.map(({ name }) => name));
  const stray = names.find((name) => !known.has(name));
  if (stray !== undefined) throw new CorruptionError(`expected a tuple without a field "${stray}"`);
  return Object.fromEntries(
    fields.map(({ name, type }) => {
      const value = values[name];
      if (value === undefined) throw new CorruptionError(`expected a tuple with a field "${name}", was ${names}`);
      return [camelCase(name), decodeUntyped(type, value)];
    }),
  );
}

function mismatch(type: AbiType, value: ClarityValue): CorruptionError {
  return new CorruptionError(
    `expected a Clarity value of type ${JSON.stringify(type)}, was ${value.type} ${excerpt(serializeCV(value))}`,
  );
}

const excerpt = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
