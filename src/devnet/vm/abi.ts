import { ClarityType, type ClarityValue } from '@stacks/transactions';

/** A type as contract interfaces (`/v2/contracts/interface`) spell it. */
export type AbiType =
  | 'none'
  | 'int128'
  | 'uint128'
  | 'bool'
  | 'principal'
  | 'trait_reference'
  | { readonly buffer: { readonly length: number } }
  | { readonly 'string-ascii': { readonly length: number } }
  | { readonly 'string-utf8': { readonly length: number } }
  | { readonly optional: AbiType }
  | { readonly response: { readonly ok: AbiType; readonly error: AbiType } }
  | { readonly list: { readonly type: AbiType; readonly length: number } }
  | { readonly tuple: readonly AbiField[] };

export interface AbiField {
  readonly name: string;
  readonly type: AbiType;
}

export interface AbiFunction {
  readonly name: string;
  readonly access: 'public' | 'read_only' | 'private';
  readonly args: readonly AbiField[];
  readonly outputs: { readonly type: AbiType };
}

/** A contract's interface, exactly as the node answers it. */
export interface ContractInterface {
  readonly functions: readonly AbiFunction[];
  readonly variables: readonly { readonly name: string; readonly type: AbiType; readonly access: string }[];
  readonly maps: readonly { readonly name: string; readonly key: AbiType; readonly value: AbiType }[];
  readonly fungible_tokens: readonly { readonly name: string }[];
  readonly non_fungible_tokens: readonly { readonly name: string; readonly type: AbiType }[];
  readonly epoch: string;
  readonly clarity_version: string;
}

/** `type` in Clarity's own notation, for example `(list 10 uint)`. */
export function clarityTypeText(type: AbiType): string {
  if (typeof type === 'string') {
    switch (type) {
      case 'int128':
        return 'int';
      case 'uint128':
        return 'uint';
      case 'trait_reference':
        return 'trait_reference';
      default:
        return type;
    }
  }
  if ('buffer' in type) return `(buff ${type.buffer.length})`;
  if ('string-ascii' in type) return `(string-ascii ${type['string-ascii'].length})`;
  if ('string-utf8' in type) return `(string-utf8 ${type['string-utf8'].length})`;
  if ('optional' in type) return `(optional ${clarityTypeText(type.optional)})`;
  if ('response' in type)
    return `(response ${clarityTypeText(type.response.ok)} ${clarityTypeText(type.response.error)})`;
  if ('list' in type) return `(list ${type.list.length} ${clarityTypeText(type.list.type)})`;
  return `{${type.tuple.map((field) => `${field.name}: ${clarityTypeText(field.type)}`).join(', ')}}`;
}

/** Whether the node's type check lets `value` in where `type` is declared. */
export function admits(type: AbiType, value: ClarityValue): boolean {
  switch (value.type) {
    case ClarityType.Int:
      return type === 'int128';
    case ClarityType.UInt:
      return type === 'uint128';
    case ClarityType.BoolTrue:
    case ClarityType.BoolFalse:
      return type === 'bool';
    case ClarityType.PrincipalStandard:
      return type === 'principal';
    case ClarityType.PrincipalContract:
      return type === 'principal' || type === 'trait_reference';
    default:
      return typeof type !== 'string' && admitsComposite(type, value);
  }
}

function admitsComposite(type: Exclude<AbiType, string>, value: ClarityValue): boolean {
  switch (value.type) {
    case ClarityType.Buffer:
      return 'buffer' in type && value.value.length / 2 <= type.buffer.length;
    case ClarityType.StringASCII:
      return 'string-ascii' in type && value.value.length <= type['string-ascii'].length;
    case ClarityType.StringUTF8:
      return 'string-utf8' in type && [...value.value].length <= type['string-utf8'].length;
    case ClarityType.OptionalNone:
      return 'optional' in type;
    case ClarityType.OptionalSome:
      return 'optional' in type && admits(type.optional, value.value);
    case ClarityType.ResponseOk:
      return 'response' in type && admits(type.response.ok, value.value);
    case ClarityType.ResponseErr:
      return 'response' in type && admits(type.response.error, value.value);
    case ClarityType.List:
      return (
        'list' in type &&
        value.value.length <= type.list.length &&
        value.value.every((item) => admits(type.list.type, item))
      );
    case ClarityType.Tuple: {
      if (!('tuple' in type) || type.tuple.length !== Object.keys(value.value).length) return false;
      return type.tuple.every((field) => {
        const item = value.value[field.name];
        return item !== undefined && admits(field.type, item);
      });
    }
    default:
      return false;
  }
}
