import type { Kysely } from 'kysely';
import type { TransactionState } from '../../execution/ports/transaction.ts';
import { type Asked, askFenced, fencedText, type LaneHolder, type TableName } from './fence.ts';
import type { AnswerAll } from './gather.ts';
import type { LedgerSchema, TransactionTable } from './schema.ts';
import { wellFormed } from './well-formed.ts';

export interface Step {
  readonly transactionIds: readonly number[];
  readonly from: readonly TransactionState[];
  readonly to: TransactionState;
  readonly at: number;
  readonly note?: string | undefined;
}

type Columns = Partial<Record<Exclude<keyof TransactionTable, 'id' | 'lane' | 'nonce' | 'state'>, unknown>>;

/**
 * The conditional write behind every transition of lanes' transactions, with their audit rows; answers to each step how many
 * were in a state of its `from`. Of steps that want the same transaction the first one moves it.
 */
export function steps(
  db: Kysely<LedgerSchema>,
  table: TableName,
  columns: Columns = {},
): AnswerAll<Asked<Step>, number> {
  const values = Object.values(columns);
  const text = stepText(table, Object.keys(columns));
  return async (asked) => {
    const rows = asked.map(({ holder, parameters: { transactionIds, from, to, at, note = null } }) => ({
      holder,
      parameters: {
        ids: transactionIds,
        from_states: from,
        to_state: to,
        at,
        note: note === null ? null : wellFormed(note),
      },
    }));
    const answers = await askFenced<{ moved: number }>(db, { text, values }, rows);
    return answers.map((answer) => (answer instanceof Error ? answer : answer.moved));
  };
}

/**
 * The step of one transaction, with other columns of it, as a part of the database transaction `db`.
 *
 * @throws LostLaneError once another holder has the lane.
 */
export async function moveOne(
  { db, table, ...holder }: LaneHolder,
  { transactionId, ...step }: Omit<Step, 'transactionIds'> & { readonly transactionId: number },
  columns?: Columns,
): Promise<boolean> {
  const [moved] = await steps(
    db,
    table,
    columns,
  )([{ holder, parameters: { ...step, transactionIds: [transactionId] } }]);
  if (moved instanceof Error) throw moved;
  return moved === 1;
}

const stepText = (table: TableName, columns: readonly string[]): string => {
  const set = columns.map((name, index) => `, "${name}" = $${index + 2}`).join('');
  return fencedText(table, {
    name: columns.length === 0 ? 'step' : null,
    columns: 'ids int8[], from_states text[], to_state text, at int8, note text',
    steps: `wanted as (
      select held.place, held.lane, held.from_states, held.to_state, held.at, held.note, one.id
      from held, unnest(held.ids) as one(id)
    ), before as (
      select id, lane, state from ${table('transactions')}
      where id = any(array(select id from wanted)) order by id for update
    ), due as (
      select distinct on (before.id) wanted.*, before.state
      from before join wanted using (id, lane) where before.state = any(wanted.from_states)
      order by before.id, wanted.place
    ), moved as (
      update ${table('transactions')} as transactions set state = due.to_state, updated_at = due.at${set}
      from due where transactions.id = due.id
      returning transactions.id, due.place, due.state, due.to_state, due.at, due.note
    ), logged as (
      insert into ${table('audit')} (transaction_id, from_state, to_state, at, note)
      select id, state, to_state, at, note from moved
    )`,
    answer: '(select count(*) from moved where moved.place = asked.place)::int4 as moved',
    joins: '',
  });
};
