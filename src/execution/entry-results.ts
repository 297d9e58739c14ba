import { decodeBatchResult, type GridFailure } from '../contract/index.ts';
import { CorruptionError } from '../core/index.ts';
import type { EntryResult } from './ports/ledger-records.ts';
import type { Inclusion, LiveTransaction } from './ports/transaction.ts';

/**
 * What the chain said of each entry of a batch. Where it refused the whole transaction, every entry failed by the name
 * of that refusal.
 *
 * @throws CorruptionError when the answer has not one result for each entry.
 */
export function entryResults(
  { id, intentIds }: Pick<LiveTransaction, 'id' | 'intentIds'>,
  { status, resultHex }: Pick<Inclusion, 'status' | 'resultHex'>,
): readonly EntryResult[] {
  const all = (error: string) => intentIds.map((intentId): EntryResult => ({ kind: 'error', intentId, error }));
  if (status === 'abort_by_post_condition' || status === 'problematic_skipped') return all(status);
  const answer = decodeBatchResult(resultHex);
  if (!answer.ok) return all(nameOf(answer));
  if (answer.entries.length !== intentIds.length) {
    throw new CorruptionError(
      `expected ${intentIds.length} results of transaction ${id}, was ${answer.entries.length}`,
    );
  }
  return answer.entries.map((entry, index): EntryResult => {
    const intentId = intentIds[index] ?? '';
    return entry.ok
      ? { kind: 'ok', intentId, value: Number(entry.value) }
      : { kind: 'error', intentId, error: nameOf(entry) };
  });
}

const nameOf = ({ error, code }: GridFailure): string => error ?? (code === 0 ? 'runtimeError' : `u${code}`);
