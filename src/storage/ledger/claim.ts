import { type Transaction as SqlTransaction, sql } from 'kysely';
import type { Principal } from '../../core/index.ts';
import type { ClaimGapParameters, ClaimOutcome, ClaimParameters } from '../../execution/ports/ledger.ts';
import { type ClaimedTransaction, UNCONFIRMED_STATES } from '../../execution/ports/transaction.ts';
import { callToJson } from './call-json.ts';
import type { Fenced } from './fence.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

/** Thrown inside the database transaction to undo it. */
class Undo extends Error {
  readonly outcome: Exclude<ClaimOutcome, { kind: 'claimed' }>;
  constructor(outcome: Exclude<ClaimOutcome, { kind: 'claimed' }>) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * Claims the next nonce of a lane. Claims of one lane go one after the other; the unique index over live nonces holds
 * even against a writer that does not ask for the lock.
 */
export async function claim(fenced: Fenced, lane: Principal, parameters: ClaimParameters): Promise<ClaimOutcome> {
  try {
    return await claimOrUndo(fenced, lane, parameters);
  } catch (error) {
    if (error instanceof Undo) return error.outcome;
    throw error;
  }
}

function claimOrUndo(fenced: Fenced, lane: Principal, parameters: ClaimParameters): Promise<ClaimOutcome> {
  const { call, intentIds, chainNonce, window, at } = parameters;
  return fenced(async (trx) => {
    await lockLane(trx, lane);
    const row = await trx
      .insertInto('transactions')
      .columns(['lane', 'nonce', 'state', 'call', 'entries', 'claimed_at', 'updated_at'])
      .expression(
        trx
          .selectFrom(
            trx
              .selectFrom('transactions')
              .where('lane', '=', lane)
              .where('state', '<>', 'superseded')
              .select(sql<number>`greatest(${chainNonce}::int8, coalesce(max(nonce) + 1, 0))`.as('nonce'))
              .as('next'),
          )
          .select([
            sql<string>`${lane}::text`.as('lane'),
            'next.nonce',
            sql.lit('claimed').as('state'),
            sql<string>`${callToJson(call)}::text`.as('call'),
            sql<number>`${intentIds.length}::int4`.as('entries'),
            sql<number>`${at}::int8`.as('claimed_at'),
            sql<number>`${at}::int8`.as('updated_at'),
          ])
          .where('next.nonce', '<', chainNonce + window),
      )
      .returning(['id', 'nonce'])
      .executeTakeFirst();
    if (row === undefined) throw new Undo({ kind: 'full' });
    const id = integer(row.id);
    const entries = sql<{ intent: string; entry: string }>`unnest(${sql.val(intentIds)}::text[]) with ordinality`;
    const { numUpdatedRows } = await trx
      .updateTable('intents')
      .from(entries.as<'entries'>(sql`entries(intent, entry)`))
      .set({ state: 'claimed', transaction_id: id, entry: sql<number>`entries.entry - 1`, updated_at: at })
      .whereRef('intents.id', '=', 'entries.intent')
      .where('operator', '=', lane)
      .where('state', '=', 'allowed')
      .executeTakeFirstOrThrow();
    if (numUpdatedRows !== BigInt(intentIds.length)) throw new Undo({ kind: 'taken' });
    await auditClaim(trx, { id, at, note: null });
    const transaction = {
      state: 'claimed',
      id,
      lane,
      nonce: integer(row.nonce),
      call,
      intentIds,
      claimedAt: at,
    } as const;
    return { kind: 'claimed', transaction };
  });
}

/** Claims a nonce that the lane left out below its highest unconfirmed one. */
export function claimGap(
  fenced: Fenced,
  lane: Principal,
  { nonce, call, at }: ClaimGapParameters,
): Promise<ClaimedTransaction | null> {
  return fenced(async (trx) => {
    await lockLane(trx, lane);
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
    await auditClaim(trx, { id, at, note: `fills the gap at nonce ${nonce}` });
    return { state: 'claimed', id, lane, nonce, call, intentIds: [], claimedAt: at };
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

const lockLane = (trx: SqlTransaction<LedgerSchema>, lane: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${lane}, 0))`.execute(trx);

const auditClaim = (trx: SqlTransaction<LedgerSchema>, row: { id: number; at: number; note: string | null }) =>
  trx
    .insertInto('audit')
    .values({ transaction_id: row.id, from_state: null, to_state: 'claimed', at: row.at, note: row.note })
    .execute();
