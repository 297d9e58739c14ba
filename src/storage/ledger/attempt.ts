import { sql } from 'kysely';
import type { LaneLedger } from '../../execution/ports/ledger.ts';
import { LIVE_STATES } from '../../execution/ports/transaction.ts';
import { heldRow, type LaneHolder, lostLane } from './fence.ts';

/**
 * Stores signed bytes of a transaction, and with the first of them claimed → signed, in one statement. Answers false where
 * bytes of that id are stored already, or the transaction is not the lane's or has ended: attempts are only ever added.
 *
 * @throws LostLaneError once another holder has the lane.
 */
export async function addAttempt(
  holder: LaneHolder,
  { transactionId, attempt }: Parameters<LaneLedger['addAttempt']>[0],
): Promise<boolean> {
  const { db, table, lane } = holder;
  const { txId, hex, sha256, fee, noop, createdAt } = attempt;
  const { rows } = await sql<{ held: number; added: number }>`
    /* add_attempt */ with fence as (${heldRow(holder)}), one as (
      select transactions.id, transactions.state from ${table('transactions')} as transactions
      join fence on fence.lane = transactions.lane
      where transactions.id = ${transactionId}::int8 and state = any(${['claimed', ...LIVE_STATES]}::text[])
      for update of transactions
    ), added as (
      insert into ${table('attempts')} (tx_id, transaction_id, hex, sha256, fee, noop, created_at)
      select ${txId}, one.id, ${hex}, ${sha256}, ${fee}::int8, ${noop}::boolean, ${createdAt}::int8 from one
      on conflict (tx_id) do nothing returning transaction_id
    ), moved as (
      update ${table('transactions')} as transactions set state = 'signed', updated_at = ${createdAt}::int8
      from one join added on added.transaction_id = one.id
      where transactions.id = one.id and one.state = 'claimed' returning transactions.id
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, 'claimed', 'signed', ${createdAt}::int8, null from moved
    )
    select (select count(*) from fence)::int4 as held, (select count(*) from added)::int4 as added`.execute(db);
  const [row] = rows;
  if (row === undefined || row.held === 0) throw lostLane([lane]);
  return row.added === 1;
}
