import { CorruptionError } from '../core/index.ts';
import type { AbiType, AbiValue } from './abi-type.ts';
import { decodeValue } from './decode-value.ts';
import { type GridErrorName, gridErrorName } from './error-name.ts';

/** The contract said no. */
export interface GridFailure {
  readonly ok: false;
  /** The error's name; null for a code that the contract does not declare, and for a runtime error. */
  readonly error: GridErrorName | null;
  /** The error's code; 0 for a runtime error, which carries none. */
  readonly code: number;
}

export interface GridSuccess<Value> {
  readonly ok: true;
  readonly value: Value;
}

/** One entry of a batch: a buy's cost in µSTX, a listing's trade id, or a cancel's amount in Wh. */
export type EntryResult = GridSuccess<bigint> | GridFailure;

export type BatchResult = { readonly ok: true; readonly entries: readonly EntryResult[] } | GridFailure;

/** The answer to any other call: `true`, or the number that it made (a trade id, a grant id). */
export type CallResult = GridSuccess<true | bigint> | GridFailure;

/** How a node renders a transaction that ended in a runtime error: `(err none)`. */
const RUNTIME_ERROR = '0809';

const entry = { response: { ok: 'uint128', error: 'uint128' } } as const;
const batch = { response: { ok: { list: { type: entry, length: 100 } }, error: 'uint128' } } as const;
const number = entry;
const flag = { response: { ok: 'bool', error: 'uint128' } } as const;

/**
 * Decodes the result of a batch call, entry by entry.
 *
 * @throws CorruptionError for anything else.
 */
export function decodeBatchResult(resultHex: string): BatchResult {
  const answer = decodeAnswer(batch, resultHex);
  return answer.ok ? { ok: true, entries: answer.value.map(named) } : answer;
}

/**
 * Decodes the result of a call that is not a batch.
 *
 * @throws CorruptionError for anything else.
 */
export function decodeResult(resultHex: string): CallResult {
  const isFlag = /^(0x)?07(03|04)/i.test(resultHex);
  const answer: GridSuccess<boolean | bigint> | GridFailure = decodeAnswer(isFlag ? flag : number, resultHex);
  if (!answer.ok) return answer;
  if (answer.value === false) throw new CorruptionError('expected a call to answer (ok true), was (ok false)');
  return { ok: true, value: answer.value };
}

type Answer = { readonly response: { readonly ok: AbiType; readonly error: 'uint128' } };

function decodeAnswer<const Type extends Answer>(
  type: Type,
  resultHex: string,
): GridSuccess<AbiValue<Type['response']['ok']>> | GridFailure {
  if (resultHex.toLowerCase().replace(/^0x/, '') === RUNTIME_ERROR) return { ok: false, error: null, code: 0 };
  const answer: { ok: true; value: unknown } | { ok: false; error: bigint } = decodeValue(
    type as Answer,
    resultHex,
  ) as never;
  return named(answer) as GridSuccess<AbiValue<Type['response']['ok']>> | GridFailure;
}

function named<Value>(
  answer: GridSuccess<Value> | { readonly ok: false; readonly error: bigint },
): GridSuccess<Value> | GridFailure {
  return answer.ok ? answer : { ok: false, error: gridErrorName(answer.error), code: Number(answer.error) };
}
