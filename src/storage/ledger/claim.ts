import { type Transaction as SqlTransaction, sql } from 'kysely';
import type { Principal } from '../../core/index.ts';
import type { ClaimGapParameters, ClaimOutcome, ClaimParameters } from '../../execution/ports/ledger-records.ts';
import { type ClaimedTransaction, UNCONFIRMED_STATES } from '../../execution/ports/transaction.ts';
import { callToJson } from './call-json.ts';
import { type Fenced, heldRow, type LaneHolder, lostLane } from './fence.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

/**
 * Claims the next nonce of a lane, in one statement: a transaction of ours makes several writes, and each that needs a
 * database transaction of its own would cost six more round trips. Of two claims that come at once both may see the same
 * nonce as free; the unique index over live nonces lets one of them have it, and the other looks again.
 *
 * @throws LostLaneError once another holder has the lane.
 */
export async function claim(holder: LaneHolder, parameters: ClaimParameters): Promise<ClaimOutcome> {
  for (;;) {
    try {
      return await claimOnce(holder, parameters);
    } catch (error) {
      if (!isTakenNonce(error)) throw error;
    }
  }
}

async function claimOnce(
  holder: LaneHolder,
  { call, intentIds, chainNonce, window, at }: ClaimParameters,
): Promise<ClaimOutcome> {
  const { db, table, lane } = holder;
  const { rows } = await sql<ClaimRow>`
    /* claim */ with fence as (${heldRow(holder)}), wanted as (
      select intent, entry - 1 as entry from unnest(${intentIds}::text[]) with ordinality as one(intent, entry)
    ), ready as (
      select id from ${table('intents')} as intents
      where id = any(${intentIds}::text[]) and operator = ${lane} and state = 'allowed' for update
    ), next as (
      select greatest(${chainNonce}::int8, coalesce(max(nonce) + 1, 0)) as nonce
      from ${table('transactions')} where lane = ${lane} and state <> 'superseded'
    ), made as (
      insert into ${table('transactions')} (lane, nonce, state, call, entries, claimed_at, updated_at)
      select fence.lane, next.nonce, 'claimed', ${callToJson(call)}, ${intentIds.length}::int4, ${at}::int8, ${at}::int8
      from fence, next
      where next.nonce < ${chainNonce + window}::int8 and (select count(*) from ready) = ${intentIds.length}::int8
      returning id, nonce
    ), moved as (
      update ${table('intents')} as intents
      set state = 'claimed', transaction_id = made.id, entry = wanted.entry, updated_at = ${at}::int8
      from made, wanted where intents.id = wanted.intent
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, null, 'claimed', ${at}::int8, null from made
    )
    select (select count(*) from fence)::int4 as held, (select count(*) from ready)::int4 as ready,
      (select id from made) as id, (select nonce from made) as nonce`.execute(db);
  const [row] = rows;
  if (row === undefined || row.held === 0) throw lostLane([lane]);
  if (row.id === null || row.nonce === null) return { kind: row.ready === intentIds.length ? 'full' : 'taken' };
  const claimed = { state: 'claimed', lane, call, intentIds, claimedAt: at } as const;
  return { kind: 'claimed', transaction: { ...claimed, id: integer(row.id), nonce: integer(row.nonce) } };
}

interface ClaimRow {
  readonly held: number;
  readonly ready: number;
  readonly id: string | number | null;
  readonly nonce: string | number | null;
}

/** Whether the unique index over live nonces refused a row. */
const isTakenNonce = (error: unknown): boolean =>
  (error as { readonly constraint?: unknown }).constraint === 'transactions_live_nonce';

/** Claims a nonce that the lane left out below its highest unconfirmed one. */
export async function claimGap(
  fenced: Fenced,
  lane: Principal,
  { nonce, call, at }: ClaimGapParameters,
): Promise<ClaimedTransaction | null> {
  const filled = fenced(async (trx) => {
    const row = await trx
      .insertInto('transactions')
      .columns(['lane', 'nonce', 'state', 'call', 'entries', 'claimed_at', 'updated_at'])
      .expression(
        trx
          .selectFrom('transactions')
          .where('lane', '=', lane)
          .where('nonce', '>', nonce)
          .where('state', 'in', UNCONFIRMED_STATES)
          .select([
            'lane',
            sql<number>`${nonce}::int8`.as('nonce'),
            sql.lit('claimed').as('state'),
            sql<string>`${callToJson(call)}::text`.as('call'),
            sql<number>`0::int4`.as('entries'),
            sql<number>`${at}::int8`.as('claimed_at'),
            sql<number>`${at}::int8`.as('updated_at'),
          ])
          .where((eb) => eb.not(eb.exists(holderOf(trx, { lane, nonce }))))
          .limit(1),
      )
      .returning('id')
      .executeTakeFirst();
    if (row === undefined) return null;
    const id = integer(row.id);
    const note = `fills the gap at nonce ${nonce}`;
    await trx
      .insertInto('audit')
      .values({ transaction_id: id, from_state: null, to_state: 'claimed', at, note })
      .execute();
    return { state: 'claimed', id, lane, nonce, call, intentIds: [], claimedAt: at } as const;
  });
  return filled.catch((error: unknown) => {
    if (isTakenNonce(error)) return null;
    throw error;
  });
}

/** The transaction that has the nonce, if any. */
export const holderOf = (
  trx: SqlTransaction<LedgerSchema>,
  { lane, nonce }: { readonly lane: string; readonly nonce: number },
) =>
  trx
    .selectFrom('transactions as holder')
    .where('holder.lane', '=', lane)
    .where('holder.nonce', '=', sql<number>`${nonce}::int8`)
    .where('holder.state', '<>', 'superseded')
    .select('holder.id');
