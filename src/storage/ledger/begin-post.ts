import type { Kysely, Selectable } from 'kysely';
import type { LaneLedger } from '../../execution/ports/ledger.ts';
import type { Transaction } from '../../execution/ports/transaction.ts';
import { type Asked, askFenced, fencedText, type TableName } from './fence.ts';
import type { AnswerAll } from './gather.ts';
import { attemptFromRow, transactionFromRow } from './rows.ts';
import type { AttemptTable, LedgerSchema, TransactionTable } from './schema.ts';

type Parameters = globalThis.Parameters<LaneLedger['beginPost']>[0];

/**
 * The transactions that attempts belong to; where an attempt is the last of its transaction, of just these bytes, signed or
 * queued → broadcast in the same statement.
 */
export function beginPosts(
  db: Kysely<LedgerSchema>,
  table: TableName,
): AnswerAll<Asked<Parameters>, Transaction | null> {
  const text = beginPostText(table);
  return async (asked) => {
    const rows = asked.map(({ holder, parameters: { txId, sha256, at } }) => ({
      holder,
      parameters: { tx_id: txId, sha256, at },
    }));
    const answers = await askFenced<PostRow>(db, { text }, rows);
    return answers.map((answer) => (answer instanceof Error ? answer : transactionOf(answer)));
  };
}

const beginPostText = (table: TableName): string =>
  fencedText(table, {
    name: 'begin_post',
    columns: 'tx_id text, sha256 text, at int8',
    steps: `posted as (
      select tx_id, transaction_id, sha256, position from ${table('attempts')}
      where tx_id = any(array(select tx_id from asked))
    ), one as (
      select * from ${table('transactions')} where id = any(array(select transaction_id from posted))
    ), newest as (
      select transaction_id, max(position) as position from ${table('attempts')}
      where transaction_id = any(array(select transaction_id from posted)) group by transaction_id
    ), last as (
      select distinct on (posted.transaction_id) posted.transaction_id as id, held.lane, held.at
      from held join posted using (tx_id, sha256) join newest using (transaction_id, position)
      order by posted.transaction_id, held.place
    ), before as (
      select id, lane, state from ${table('transactions')}
      where id = any(array(select id from last)) and state in ('signed', 'queued') order by id for update
    ), moved as (
      update ${table('transactions')} as transactions set state = 'broadcast', updated_at = last.at
      from before join last using (id, lane) where transactions.id = before.id
      returning transactions.id, before.state, last.at
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, state, 'broadcast', at, null from moved
    )`,
    answer: `moved.id is not null as moved, to_json(one) as transaction,
      (select json_agg(attempt order by attempt.position) from ${table('attempts')} as attempt
        where attempt.transaction_id = one.id) as attempts,
      (select json_agg(intent.id order by intent.entry) from ${table('intents')} as intent
        where intent.transaction_id = one.id) as intents`,
    joins: `left join posted on posted.tx_id = asked.tx_id left join one on one.id = posted.transaction_id
      left join moved on moved.id = one.id`,
  });

interface PostRow {
  readonly moved: boolean;
  readonly transaction: Selectable<TransactionTable> | null;
  readonly attempts: readonly Selectable<AttemptTable>[] | null;
  readonly intents: readonly string[] | null;
}

function transactionOf({ moved, transaction, attempts, intents }: PostRow): Transaction | null {
  if (transaction === null || attempts === null) return null;
  // What a statement changes it does not see itself.
  const now = moved ? { ...transaction, state: 'broadcast' } : transaction;
  return transactionFromRow(now, attempts.map(attemptFromRow), intents ?? []);
}
