import { type Kysely, type Transaction as SqlTransaction, sql } from 'kysely';
import type { Principal } from '../../core/index.ts';
import type { ClaimGapParameters, ClaimOutcome, ClaimParameters } from '../../execution/ports/ledger-records.ts';
import { type ClaimedTransaction, UNCONFIRMED_STATES } from '../../execution/ports/transaction.ts';
import { callToJson } from './call-json.ts';
import { type Asked, askFenced, type Fenced, fencedText, type TableName } from './fence.ts';
import type { AnswerAll } from './gather.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

/**
 * Claims the next nonces of lanes, for each what it asks for, in one statement. Claims of one lane get nonces one after the
 * other, in the order in which they were asked for, and all of them keep to the strictest window, so that one which
 * finds no room leaves no gap before the next. An intent that two of them want is the first one's.
 *
 * Of two statements that come at once both may see the same nonce as free; the unique index over live nonces lets one of
 * them have it, and the other looks again.
 */
export function claims(db: Kysely<LedgerSchema>, table: TableName): AnswerAll<Asked<ClaimParameters>, ClaimOutcome> {
  const text = claimText(table);
  return async (asked) => {
    const rows = asked.map(({ holder, parameters: { call, intentIds, chainNonce, window, at } }) => ({
      holder,
      parameters: {
        call: callToJson(call),
        intents: intentIds,
        chain_nonce: chainNonce,
        below: chainNonce + window,
        at,
      },
    }));
    const answers = await untilFree(() => askFenced<ClaimRow>(db, { text }, rows));
    return answers.map((answer, place) => (answer instanceof Error ? answer : outcomeOf(answer, asked[place])));
  };
}

const claimText = (table: TableName): string =>
  fencedText(table, {
    name: 'claim',
    columns: 'call text, intents text[], chain_nonce int8, below int8, at int8',
    steps: `wanted as (
      select distinct on (one.intent) one.intent, one.entry - 1 as entry, held.place, held.lane
      from held, unnest(held.intents) with ordinality as one(intent, entry) order by one.intent, held.place
    ), allowed as (
      select id, operator from ${table('intents')}
      where id = any(array(select intent from wanted)) and state = 'allowed' order by id for update
    ), ready as (
      select held.* from held where cardinality(held.intents) = (
        select count(*) from wanted join allowed on allowed.id = wanted.intent and allowed.operator = wanted.lane
        where wanted.place = held.place
      )
    ), next as (
      select ready.place, (
        select greatest(ready.chain_nonce, coalesce(max(nonce) + 1, 0))
        from ${table('transactions')} as transactions where transactions.lane = ready.lane and state <> 'superseded'
      ) as nonce from ready
    ), placed as (
      select ready.*, min(ready.below) over (partition by lane) as lane_below,
        max(next.nonce) over (partition by lane) + row_number() over (partition by lane order by place) - 1 as nonce
      from ready join next using (place)
    ), made as (
      insert into ${table('transactions')} (lane, nonce, state, call, entries, claimed_at, updated_at)
      select lane, nonce, 'claimed', call, cardinality(intents), at, at from placed where nonce < lane_below
      order by place returning id, lane, nonce, claimed_at
    ), moved as (
      update ${table('intents')} as intents
      set state = 'claimed', transaction_id = made.id, entry = wanted.entry, updated_at = made.claimed_at
      from made join placed using (lane, nonce) join wanted using (place) where intents.id = wanted.intent
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, null, 'claimed', claimed_at, null from made
    )`,
    answer: 'placed.place is not null as ready, made.id, made.nonce',
    joins: `left join placed using (place)
      left join made on made.lane = placed.lane and made.nonce = placed.nonce`,
  });

interface ClaimRow {
  readonly ready: boolean;
  readonly id: string | number | null;
  readonly nonce: string | number | null;
}

function outcomeOf({ ready, id, nonce }: ClaimRow, asked: Asked<ClaimParameters> | undefined): ClaimOutcome {
  if (id === null || nonce === null || asked === undefined) return { kind: ready ? 'full' : 'taken' };
  const { holder, parameters } = asked;
  const { call, intentIds, at } = parameters;
  const claimed = { state: 'claimed', lane: holder.lane, call, intentIds, claimedAt: at } as const;
  return { kind: 'claimed', transaction: { ...claimed, id: integer(id), nonce: integer(nonce) } };
}

async function untilFree<T>(claimOnce: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await claimOnce();
    } catch (error) {
      if (!isTakenNonce(error)) throw error;
    }
  }
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
