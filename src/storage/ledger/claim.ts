import { type Kysely, sql } from 'kysely';
import type { ClaimOutcome, ClaimParameters } from '../../execution/ports/ledger.ts';
import { callToJson } from './call-json.ts';
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
export async function claim(db: Kysely<LedgerSchema>, parameters: ClaimParameters): Promise<ClaimOutcome> {
  try {
    return await claimOrUndo(db, parameters);
  } catch (error) {
    if (error instanceof Undo) return error.outcome;
    throw error;
  }
}

function claimOrUndo(db: Kysely<LedgerSchema>, parameters: ClaimParameters): Promise<ClaimOutcome> {
  const { lane, call, intentIds, chainNonce, window, at } = parameters;
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${lane}, 0))`.execute(trx);
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
      .where('state', '=', 'allowed')
      .executeTakeFirstOrThrow();
    if (numUpdatedRows !== BigInt(intentIds.length)) throw new Undo({ kind: 'taken' });
    await trx
      .insertInto('audit')
      .values({ transaction_id: id, from_state: null, to_state: 'claimed', at, note: null })
      .execute();
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
