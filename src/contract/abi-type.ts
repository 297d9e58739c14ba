import type { Principal } from '../core/index.ts';

/** A Clarity type as contract interfaces spell it; only what `energy-grid` uses. */
export type AbiType =
  | 'uint128'
  | 'int128'
  | 'bool'
  | 'principal'
  | 'none'
  | { readonly buffer: { readonly length: number } }
  | { readonly 'string-ascii': { readonly length: number } }
  | { readonly optional: AbiType }
  | { readonly list: { readonly type: AbiType; readonly length: number } }
  | { readonly tuple: readonly AbiField[] }
  | { readonly response: { readonly ok: AbiType; readonly error: AbiType } };

export interface AbiField {
  readonly name: string;
  readonly type: AbiType;
}

/** A Clarity name as TypeScript spells it: `spend-limit` is `spendLimit`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The TypeScript value of a Clarity type; buffers are hex without `0x`. */
export type AbiValue<Type extends AbiType> = Type extends 'uint128' | 'int128'
  ? bigint
  : Type extends 'bool'
    ? boolean
    : Type extends 'principal'
      ? Principal
      : Type extends 'none'
        ? null
        : Type extends { readonly buffer: unknown } | { readonly 'string-ascii': unknown }
          ? string
          : Type extends { readonly optional: infer Inner extends AbiType }
            ? AbiValue<Inner> | null
            : Type extends { readonly list: { readonly type: infer Item extends AbiType } }
              ? readonly AbiValue<Item>[]
              : Type extends { readonly tuple: infer Fields extends readonly AbiField[] }
                ? AbiFields<Fields>
                : Type extends { readonly response: { readonly ok: infer Ok; readonly error: infer Failure } }
                  ? AbiResponse<Extract<Ok, AbiType>, Extract<Failure, AbiType>>
                  : never;

export type AbiFields<Fields extends readonly AbiField[]> = {
  readonly [Field in Fields[number] as CamelCase<Field['name']>]: AbiValue<Field['type']>;
};

export type AbiResponse<Ok extends AbiType, Failure extends AbiType> =
  | { readonly ok: true; readonly value: AbiValue<Ok> }
  | { readonly ok: false; readonly error: AbiValue<Failure> };

/** `spend-limit` → `spendLimit`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
