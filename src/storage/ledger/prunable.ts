import { type Kysely, sql } from 'kysely';
import { type Height, height } from '../../core/index.ts';
import type { PruneParameters } from '../../execution/ports/retention.ts';
import { END_STATES } from '../../execution/ports/transaction.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

/** What may go, worked out once before the batches. */
export interface Limits {
  /** Transactions that ended before. */
  readonly before: number;
  /** Intents without a transaction that ended before. */
  readonly intentsBefore: number;
  readonly neverSince: number;
  /** Blocks up to this height hold nothing that stays but what is live. */
  readonly height: Height;
}

/** The limits of one pruning. */
export async function limitsOf(db: Kysely<LedgerSchema>, parameters: PruneParameters): Promise<Limits> {
  const { endedBefore, keepNewest, neverSince, finalHeight } = parameters;
  /** Too old, or too many but not too young. */
  const cutoff = (firstTooMany: { updated_at: string | number | bigint } | undefined) => {
    const tooMany = firstTooMany === undefined ? 0 : integer(firstTooMany.updated_at) + 1;
    return Math.max(Math.min(endedBefore, neverSince), Math.min(tooMany, neverSince));
  };
  const before = cutoff(
    await db
      .selectFrom('transactions')
      .select('updated_at')
      .where('state', 'in', END_STATES)
      .orderBy('updated_at', 'desc')
      .offset(keepNewest)
      .limit(1)
      .executeTakeFirst(),
  );
  const intentsBefore = cutoff(
    await db
      .selectFrom('intents')
      .select('updated_at')
      .where('state', '=', 'cancelled')
      .where('transaction_id', 'is', null)
      .orderBy('updated_at', 'desc')
      .offset(keepNewest)
      .limit(1)
      .executeTakeFirst(),
  );
  const stays = await db
    .selectFrom('transactions')
    .select((eb) => eb.fn.min('included_height').as('height'))
    .where((where) => where.or([where('updated_at', '>=', before), where('state', '=', 'included')]))
    .executeTakeFirst();
  const young = await db
    .selectFrom('fills')
    .select((eb) => eb.fn.min('height').as('height'))
    .where('at', '>=', before)
    .executeTakeFirst();
  const heights = [stays?.height, young?.height].map((one) =>
    one === null || one === undefined ? finalHeight : integer(one) - 1,
  );
  return { before, intentsBefore, neverSince, height: height(Math.max(Math.min(finalHeight, ...heights), 0)) };
}

/**
 * The oldest transactions that may go, locked; those that someone else works on are left for the next time. They have
 * ended and are old; a higher nonce of the lane stays, by which the next is found; no intent of theirs is exposure; and
 * none of their offers can be bought any more.
 */
export function prunableTransactions(
  trx: Kysely<LedgerSchema>,
  { before, neverSince, height: final }: Limits,
  limit: number,
) {
  return trx
    .selectFrom('transactions as ended')
    .select('ended.id')
    .where('ended.state', 'in', END_STATES)
    .where('ended.updated_at', '<', before)
    .where('ended.claimed_at', '<', neverSince)
    .where((where) => where.or([where('ended.settled', '=', true), where('ended.included_tx', 'is', null)]))
    .where((where) => where.or([where('included_height', 'is', null), where('included_height', '<=', final)]))
    .where((where) =>
      where.or([
        where('ended.state', '=', 'superseded'),
        where.exists(
          where
            .selectFrom('transactions as higher')
            .select('higher.id')
            .whereRef('higher.lane', '=', 'ended.lane')
            .whereRef('higher.nonce', '>', 'ended.nonce')
            .where('higher.state', '<>', 'superseded'),
        ),
      ]),
    )
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('intents')
            .select('intents.id')
            .whereRef('intents.transaction_id', '=', 'ended.id')
            .where((of) => of.or([of('state', 'in', ['allowed', 'claimed']), of('created_at', '>=', neverSince)])),
        ),
      ),
    )
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('attempts')
            .innerJoin('listings', 'listings.tx_id', 'attempts.tx_id')
            .select('listings.trade_id')
            .whereRef('attempts.transaction_id', '=', 'ended.id')
            .where(sql<boolean>`(ended.call::json ->> 'openUntil')::numeric > ${final}`),
        ),
      ),
    )
    .orderBy('ended.id')
    .limit(limit)
    .forUpdate('ended')
    .skipLocked()
    .execute();
}
