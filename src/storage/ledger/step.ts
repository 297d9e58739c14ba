import type { Selectable, Transaction as SqlTransaction } from 'kysely';
import type { Principal } from '../../core/index.ts';
import type { TransactionState } from '../../execution/ports/transaction.ts';
import type { LedgerSchema, TransactionTable } from './schema.ts';

export interface Step {
  readonly lane: Principal;
  readonly transactionId: number;
  readonly from: readonly TransactionState[];
  readonly to: TransactionState;
  readonly at: number;
  readonly note?: string | undefined;
}

export type Columns = Partial<Omit<Selectable<TransactionTable>, 'id' | 'lane' | 'nonce' | 'state'>>;

/** The conditional write behind every transition, with its audit row; false where the state is not one of `from`. */
export async function moveOn(trx: SqlTransaction<LedgerSchema>, move: Step, columns: Columns = {}): Promise<boolean> {
  const { lane, transactionId, from, to, at, note = null } = move;
  const before = await trx
    .selectFrom('transactions')
    .select('state')
    .where('id', '=', transactionId)
    .where('lane', '=', lane)
    .where('state', 'in', from)
    .forUpdate()
    .executeTakeFirst();
  if (before === undefined) return false;
  const { numUpdatedRows } = await trx
    .updateTable('transactions')
    .set({ ...(columns as Record<string, never>), state: to, updated_at: at })
    .where('id', '=', transactionId)
    .where('state', '=', before.state)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) return false;
  await trx
    .insertInto('audit')
    .values({ transaction_id: transactionId, from_state: before.state, to_state: to, at, note })
    .execute();
  return true;
}
