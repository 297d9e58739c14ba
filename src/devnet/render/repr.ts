import { Cl, ClarityType, type ClarityValue } from '@stacks/transactions';

/** `value` in the indexer's notation, for example `(tuple (amount u5) (who 'ST…))`. */
export function repr(value: ClarityValue): string {
  switch (value.type) {
    case ClarityType.Int:
      return String(value.value);
    case ClarityType.UInt:
      return `u${value.value}`;
    case ClarityType.BoolTrue:
      return 'true';
    case ClarityType.BoolFalse:
      return 'false';
    case ClarityType.Buffer:
      return `0x${value.value}`;
    case ClarityType.PrincipalStandard:
    case ClarityType.PrincipalContract:
      return `'${value.value}`;
    case ClarityType.StringASCII:
      return `"${escaped(value.value)}"`;
    case ClarityType.StringUTF8:
      return `u"${[...value.value].map(utf8Character).join('')}"`;
    case ClarityType.OptionalNone:
      return 'none';
    case ClarityType.OptionalSome:
      return `(some ${repr(value.value)})`;
    case ClarityType.ResponseOk:
      return `(ok ${repr(value.value)})`;
    case ClarityType.ResponseErr:
      return `(err ${repr(value.value)})`;
    case ClarityType.List:
      return `(list${value.value.map((item) => ` ${repr(item)}`).join('')})`;
    case ClarityType.Tuple: {
      const fields = Object.entries(value.value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `(tuple ${fields.map(([name, item]) => `(${name} ${repr(item)})`).join(' ')})`;
    }
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' };
const escaped = (text: string): string => text.replace(/["\\\n\t\r]/g, (character) => ESCAPES[character] ?? character);

/** Characters beyond ASCII are written as their UTF-8 bytes. */
function utf8Character(character: string): string {
  const bytes = Buffer.from(character);
  return bytes.length === 1 ? escaped(character) : `\\u{${bytes.toString('hex')}}`;
}

export interface HexAndRepr {
  readonly hex: string;
  readonly repr: string;
}

/** A value from its consensus hex with `0x`. */
export const hexAndRepr = (hex: string): HexAndRepr => ({ hex, repr: repr(Cl.deserialize(hex)) });
