import { type RawBuilder, sql } from 'kysely';
import type { TransactionState } from '../../execution/ports/transaction.ts';
import { heldRow, type LaneHolder, lostLane } from './fence.ts';
import type { TransactionTable } from './schema.ts';

export interface Step {
  readonly transactionIds: readonly number[];
  readonly from: readonly TransactionState[];
  readonly to: TransactionState;
  readonly at: number;
  readonly note?: string | undefined;
}

type Columns = Partial<Record<Exclude<keyof TransactionTable, 'id' | 'lane' | 'nonce' | 'state'>, unknown>>;

/**
 * The conditional write behind every transition of a lane's transactions, with their audit rows; answers how many were in a
 * state of `from`. The fence is part of it, so that it needs no database transaction around it: one statement, for a
 * transaction of ours makes several of them and each costs a round trip.
 *
 * @throws LostLaneError once another holder has the lane.
 */
export async function moveOn(holder: LaneHolder, move: Step, columns: Columns = {}): Promise<number> {
  const { db, table, lane } = holder;
  const { transactionIds, from, to, at, note = null } = move;
  const set = Object.entries(columns).map(([name, value]): RawBuilder<unknown> => sql`, ${sql.ref(name)} = ${value}`);
  const { rows } = await sql<{ held: number; moved: number }>`
    ${sql.raw(set.length === 0 ? '/* move_on */' : '')} with fence as (${heldRow(holder)}), before as (
      select one.id, one.state from ${table('transactions')} as one join fence on fence.lane = one.lane
      where one.id = any(${transactionIds}::int8[]) and one.state = any(${from}::text[]) for update of one
    ), moved as (
      update ${table('transactions')} as transactions
      set state = ${to}, updated_at = ${at}::int8${sql.join(set, sql``)}
      from before where transactions.id = before.id returning transactions.id, before.state
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, state, ${to}, ${at}::int8, ${note}::text from moved
    )
    select (select count(*) from fence)::int4 as held, (select count(*) from moved)::int4 as moved`.execute(db);
  const [row] = rows;
  if (row === undefined || row.held === 0) throw lostLane([lane]);
  return row.moved;
}
