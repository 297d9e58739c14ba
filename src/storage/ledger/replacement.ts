import type { Transaction as SqlTransaction } from 'kysely';
import type { ReplaceParameters } from '../../execution/ports/ledger-records.ts';
import { type Attempt, LIVE_STATES } from '../../execution/ports/transaction.ts';
import { holderOf } from './claim.ts';
import type { LaneHolder } from './fence.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';
import { moveOne } from './step.ts';

/** Adds an attempt after the last one, of a higher fee, and sends the transaction on its way again. */
export async function replace(
  holder: LaneHolder & { readonly db: SqlTransaction<LedgerSchema> },
  { transactionId, after, attempt, note }: ReplaceParameters,
): Promise<boolean> {
  const { db: trx, lane } = holder;
  const live = await trx
    .selectFrom('transactions')
    .select('id')
    .where('id', '=', transactionId)
    .where('lane', '=', lane)
    .where('state', 'in', LIVE_STATES)
    .forUpdate()
    .executeTakeFirst();
  if (live === undefined) return false;
  const last = await trx
    .selectFrom('attempts')
    .select(['tx_id', 'fee'])
    .where('transaction_id', '=', transactionId)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.tx_id !== after || integer(last.fee) >= attempt.fee) return false;
  if (!(await insertAttempt(trx, transactionId, attempt))) return false;
  const step = { from: LIVE_STATES, to: 'signed', at: attempt.createdAt, note } as const;
  return moveOne(holder, { ...step, transactionId });
}

/** Answers false where an attempt of that id is stored already: attempts are only ever added. */
export async function insertAttempt(
  trx: SqlTransaction<LedgerSchema>,
  transactionId: number,
  { txId: id, hex, sha256, fee, noop, createdAt }: Attempt,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('attempts')
    .values({ tx_id: id, transaction_id: transactionId, hex, sha256, fee, noop, created_at: createdAt })
    .onConflict((conflict) => conflict.column('tx_id').doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** Whether the attempt that a block holds is the one that does nothing. */
export async function isNoopIncluded(trx: SqlTransaction<LedgerSchema>, transactionId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('transactions')
    .innerJoin('attempts', 'attempts.tx_id', 'transactions.included_tx')
    .select('attempts.noop')
    .where('transactions.id', '=', transactionId)
    .executeTakeFirst();
  return row?.noop ?? false;
}

/** Whether a superseded transaction's nonce has another holder by now. */
export async function isNonceTaken(trx: SqlTransaction<LedgerSchema>, transactionId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('transactions')
    .select(['lane', 'nonce'])
    .where('id', '=', transactionId)
    .where('state', '=', 'superseded')
    .executeTakeFirst();
  if (row === undefined) return false;
  const holder = await holderOf(trx, { lane: row.lane, nonce: integer(row.nonce) }).executeTakeFirst();
  return holder !== undefined;
}
