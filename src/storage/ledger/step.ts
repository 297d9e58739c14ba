import type { Kysely, Selectable } from 'kysely';
import type { TransactionState } from '../../execution/ports/transaction.ts';
import type { LedgerSchema, TransactionTable } from './schema.ts';

export interface Step {
  readonly transactionId: number;
  readonly from: readonly TransactionState[];
  readonly to: TransactionState;
  readonly at: number;
  readonly note?: string | undefined;
}

type Columns = Partial<Omit<Selectable<TransactionTable>, 'id' | 'lane' | 'nonce' | 'state'>>;

/**
 * The conditional write behind every transition, with its audit row; false where the state is not one of `from`. One
 * statement, for a transaction of ours makes several of them and each costs a round trip.
 */
export async function step(db: Kysely<LedgerSchema>, move: Step, columns: Columns = {}): Promise<boolean> {
  const { transactionId, from, to, at, note = null } = move;
  const logged = await db
    .with('before', (cte) =>
      cte
        .selectFrom('transactions')
        .select(['id', 'state'])
        .where('id', '=', transactionId)
        .where('state', 'in', from)
        .forUpdate(),
    )
    .with('moved', (cte) =>
      cte
        .updateTable('transactions')
        .from('before')
        .set({ ...(columns as Record<string, never>), state: to, updated_at: at })
        .whereRef('transactions.id', '=', 'before.id')
        .returning(['transactions.id', 'transactions.state as to_state', 'transactions.updated_at', 'before.state']),
    )
    .insertInto('audit')
    .columns(['transaction_id', 'from_state', 'to_state', 'at', 'note'])
    .expression((eb) =>
      eb.selectFrom('moved').select(['id', 'state', 'to_state', 'updated_at', eb.val(note).as('note')]),
    )
    .returning('id')
    .executeTakeFirst();
  return logged !== undefined;
}
