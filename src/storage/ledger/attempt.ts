import type { Kysely } from 'kysely';
import type { LaneLedger } from '../../execution/ports/ledger.ts';
import { type Attempt, LIVE_STATES } from '../../execution/ports/transaction.ts';
import { type Asked, askFenced, fencedText, type TableName } from './fence.ts';
import type { AnswerAll } from './gather.ts';
import type { LedgerSchema } from './schema.ts';

type Parameters = globalThis.Parameters<LaneLedger['addAttempt']>[0];

/**
 * Stores signed bytes of transactions, and with the first of one claimed → signed, in one statement. Answers false where
 * bytes of that id are stored already, or the transaction is not the lane's or has ended: attempts are only ever added.
 */
export function addAttempts(db: Kysely<LedgerSchema>, table: TableName): AnswerAll<Asked<Parameters>, boolean> {
  const text = addAttemptText(table);
  return async (asked) => {
    const rows = asked.map(({ holder, parameters: { transactionId, attempt } }) => ({
      holder,
      parameters: { ...attemptRow(attempt), transaction_id: transactionId },
    }));
    const answers = await askFenced<{ added: boolean }>(db, { text }, rows);
    return answers.map((answer) => (answer instanceof Error ? answer : answer.added));
  };
}

const attemptRow = ({ txId, hex, sha256, fee, noop, createdAt }: Attempt) => ({
  tx_id: txId,
  hex,
  sha256,
  fee,
  noop,
  created_at: createdAt,
});

const states = ['claimed', ...LIVE_STATES].map((state) => `'${state}'`).join(', ');

const addAttemptText = (table: TableName): string =>
  fencedText(table, {
    name: 'add_attempt',
    columns: 'transaction_id int8, tx_id text, hex text, sha256 text, fee int8, noop boolean, created_at int8',
    steps: `one as (
      select id, lane, state from ${table('transactions')}
      where id = any(array(select transaction_id from held)) and state in (${states}) order by id for update
    ), fresh as (
      select distinct on (held.tx_id) held.*, one.state
      from held join one on one.id = held.transaction_id and one.lane = held.lane order by held.tx_id, held.place
    ), added as (
      insert into ${table('attempts')} (tx_id, transaction_id, hex, sha256, fee, noop, created_at)
      select tx_id, transaction_id, hex, sha256, fee, noop, created_at from fresh order by place
      on conflict (tx_id) do nothing returning tx_id
    ), moved as (
      update ${table('transactions')} as transactions set state = 'signed', updated_at = fresh.created_at
      from fresh join added using (tx_id)
      where transactions.id = fresh.transaction_id and fresh.state = 'claimed'
      returning transactions.id, transactions.updated_at
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, 'claimed', 'signed', updated_at, null from moved
    )`,
    answer: 'added.tx_id is not null as added',
    joins: 'left join fresh using (place) left join added on added.tx_id = fresh.tx_id',
  });
