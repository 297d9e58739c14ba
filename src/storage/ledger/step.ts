import { type Kysely, type Selectable, sql } from 'kysely';
import type { TransactionState } from '../../execution/ports/transaction.ts';
import { type HeldLane, lostLane } from './fence.ts';
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
 * The conditional write behind every transition of a lane's transaction, with its audit row; false where the state is not
 * one of `from`. The fence is part of it, so that it needs no database transaction around it: one statement, for a
 * transaction of ours makes several of them and each costs a round trip.
 *
 * @throws LostLaneError once another holder has the lane.
 */
export async function moveOn(
  db: Kysely<LedgerSchema>,
  { lane, epoch }: HeldLane,
  move: Step,
  columns: Columns = {},
): Promise<boolean> {
  const { transactionId, from, to, at, note = null } = move;
  const { held, logged } = await db
    .with('fence', (cte) =>
      cte.selectFrom('lanes').select('lane').where('lane', '=', lane).where('epoch', '=', epoch).forShare(),
    )
    .with('before', (cte) =>
      cte
        .selectFrom('transactions as one')
        .innerJoin('fence', 'fence.lane', 'one.lane')
        .select(['one.id', 'one.state'])
        .where('one.id', '=', transactionId)
        .where('one.state', 'in', from)
        .forUpdate('one'),
    )
    .with('moved', (cte) =>
      cte
        .updateTable('transactions')
        .from('before')
        .set({ ...(columns as Record<string, never>), state: to, updated_at: at })
        .whereRef('transactions.id', '=', 'before.id')
        .returning(['transactions.id', 'transactions.state as to_state', 'transactions.updated_at', 'before.state']),
    )
    .with('logged', (cte) =>
      cte
        .insertInto('audit')
        .columns(['transaction_id', 'from_state', 'to_state', 'at', 'note'])
        .expression((eb) =>
          eb.selectFrom('moved').select(['id', 'state', 'to_state', 'updated_at', eb.val(note).as('note')]),
        )
        .returning('id'),
    )
    .selectNoFrom((eb) => [
      eb.exists(eb.selectFrom('fence').select(sql`1`.as('found'))).as('held'),
      eb.exists(eb.selectFrom('logged').select(sql`1`.as('found'))).as('logged'),
    ])
    .executeTakeFirstOrThrow();
  if (!held) throw lostLane([lane]);
  return Boolean(logged);
}
