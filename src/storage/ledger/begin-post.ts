import { type Selectable, sql } from 'kysely';
import type { LaneLedger } from '../../execution/ports/ledger.ts';
import type { Transaction } from '../../execution/ports/transaction.ts';
import { heldRow, type LaneHolder, lostLane } from './fence.ts';
import { attemptFromRow, transactionFromRow } from './rows.ts';
import type { AttemptTable, TransactionTable } from './schema.ts';

/**
 * The transaction that an attempt belongs to; where the attempt is its last, of just these bytes, signed or queued →
 * broadcast in the same statement.
 *
 * @throws LostLaneError once another holder has the lane.
 */
export async function beginPost(
  holder: LaneHolder,
  { txId, sha256, at }: Parameters<LaneLedger['beginPost']>[0],
): Promise<Transaction | null> {
  const { db, table, lane } = holder;
  const { rows } = await sql<PostRow>`
    /* begin_post */ with fence as (${heldRow(holder)}), attempt as (
      select transaction_id, sha256, position from ${table('attempts')} where tx_id = ${txId}
    ), before as (
      select one.id, one.state from ${table('transactions')} as one
      join fence on fence.lane = one.lane join attempt on attempt.transaction_id = one.id
      where one.state in ('signed', 'queued') and attempt.sha256 = ${sha256} and not exists (
        select from ${table('attempts')} as later
        where later.transaction_id = one.id and later.position > attempt.position
      ) for update of one
    ), moved as (
      update ${table('transactions')} as transactions set state = 'broadcast', updated_at = ${at}::int8
      from before where transactions.id = before.id returning transactions.id, before.state
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, state, 'broadcast', ${at}::int8, null from moved
    )
    select (select count(*) from fence)::int4 as held, (select count(*) from moved)::int4 as moved,
      (select to_json(one) from ${table('transactions')} as one join attempt on attempt.transaction_id = one.id)
        as transaction,
      (select json_agg(one order by one.position) from ${table('attempts')} as one
        join attempt on attempt.transaction_id = one.transaction_id) as attempts,
      (select json_agg(one.id order by one.entry) from ${table('intents')} as one
        join attempt on attempt.transaction_id = one.transaction_id) as intents`.execute(db);
  const [row] = rows;
  if (row === undefined || row.held === 0) throw lostLane([lane]);
  const { transaction, attempts, intents, moved } = row;
  if (transaction === null || attempts === null) return null;
  // What a statement changes it does not see itself.
  const now = moved === 0 ? transaction : { ...transaction, state: 'broadcast' };
  return transactionFromRow(now, attempts.map(attemptFromRow), intents ?? []);
}

interface PostRow {
  readonly held: number;
  readonly moved: number;
  readonly transaction: Selectable<TransactionTable> | null;
  readonly attempts: readonly Selectable<AttemptTable>[] | null;
  readonly intents: readonly string[] | null;
}
