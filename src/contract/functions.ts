import { gridFunctions } from './abi.generated.ts';
import type { AbiFields, AbiType, AbiValue } from './abi-type.ts';

type GridFunction = (typeof gridFunctions)[number];

/** The name of a function that changes the contract's state. */
export type PublicFunctionName = Extract<GridFunction, { readonly access: 'public' }>['name'];
/** The name of a function that only reads. */
export type ReadFunctionName = Extract<GridFunction, { readonly access: 'read_only' }>['name'];

type FunctionOf<Name> = Extract<GridFunction, { readonly name: Name }>;
/** The arguments of a function by name, as TypeScript values. */
export type ArgumentsOf<Name> = AbiFields<FunctionOf<Name>['args']>;
/** What a function answers, as a TypeScript value. */
export type AnswerOf<Name> = AbiValue<Extract<FunctionOf<Name>['output'], AbiType>>;

/** The declaration of a function, or undefined for a name that the contract does not declare. */
export function findFunction(name: string): GridFunction | undefined {
  return gridFunctions.find((candidate) => candidate.name === name);
}
