import { type Insertable, type Kysely, type Transaction as SqlTransaction, sql } from 'kysely';
import { costOf, microStx, type Principal } from '../../core/index.ts';
import type { LaneLease, LaneLedger, LedgerReads } from '../../execution/ports/ledger.ts';
import type { IntentRecord } from '../../execution/ports/ledger-records.ts';
import type { Fenced } from './fence.ts';
import { gather } from './gather.ts';
import { intentRecordFromRow, plannedFromRow } from './rows.ts';
import type { IntentTable, LedgerSchema } from './schema.ts';
import { wellFormed } from './well-formed.ts';

type Planned = IntentRecord['planned'];
type IntentReads = Pick<LedgerReads, 'allowedIntents' | 'intents' | 'openIntents'>;

/** What is written of an intent that was allowed, with the types that its JSON is read by. */
const PLANNED_COLUMNS = {
  id: 'text',
  account: 'text',
  operator: 'text',
  strategy: 'text',
  turn: 'int8',
  height: 'int8',
  kind: 'text',
  trade_id: 'int8',
  amount: 'int8',
  price: 'int8',
  open_until: 'int8',
  reason: 'text',
  cost: 'int8',
  state: 'text',
  created_at: 'int8',
  updated_at: 'int8',
} as const;

type PlannedRow = Pick<Insertable<IntentTable>, keyof typeof PLANNED_COLUMNS>;

/** Records intents whose id is new as allowed. All of them are one parameter, so the statement is the same for any number. */
export async function recordIntents(
  trx: SqlTransaction<LedgerSchema>,
  { planned, at }: Parameters<LaneLease['recordIntents']>[0],
): Promise<number> {
  const names = Object.keys(PLANNED_COLUMNS) as (keyof PlannedRow)[];
  const columns = sql.raw(`place int4, ${names.map((name) => `${name} ${PLANNED_COLUMNS[name]}`).join(', ')}`);
  const rows = planned.map((one, place) => ({ place, ...rowFromPlanned(one, at) }));
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('intents')
    .columns(names)
    .expression(
      trx
        .selectFrom(
          sql<PlannedRow & { place: number }>`json_to_recordset(${JSON.stringify(rows)}::text::json)`.as<'one'>(
            sql`one(${columns})`,
          ),
        )
        .select(names)
        .orderBy('place'),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows);
}

/** Gives intents that have no nonce to another lane; answers how many. */
export async function reassign(
  trx: SqlTransaction<LedgerSchema>,
  { ids, lane, at }: Parameters<LaneLease['reassign']>[0],
): Promise<number> {
  if (ids.length === 0) return 0;
  const { numUpdatedRows } = await trx
    .updateTable('intents')
    .set({ operator: lane, updated_at: at })
    .where('id', 'in', ids)
    .where('state', '=', 'allowed')
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** The verbs by which a lane's holder ends intents that have no nonce. */
export function intentWrites(fenced: Fenced, lane: Principal): Pick<LaneLedger, 'cancelIntents'> {
  return {
    async cancelIntents({ ids, at }) {
      if (ids.length === 0) return 0;
      const { numUpdatedRows } = await fenced((trx) =>
        trx
          .updateTable('intents')
          .set({ state: 'cancelled', updated_at: at })
          .where('id', 'in', ids)
          .where('operator', '=', lane)
          .where('state', '=', 'allowed')
          .executeTakeFirstOrThrow(),
      );
      return Number(numUpdatedRows);
    },
  };
}

/** The ledger's verbs that read intents. */
export function intentReads(db: Kysely<LedgerSchema>): IntentReads {
  const allowed = () => db.selectFrom('intents').selectAll().where('state', '=', 'allowed').orderBy('position');
  // Every lane asks in every turn, all at once.
  const allowedOf = gather<string, readonly Planned[]>(async (lanes) => {
    const rows = await allowed()
      .where('operator', '=', sql<string>`any(${sql.val(lanes)}::text[])`)
      .execute();
    return lanes.map((lane) => rows.filter(({ operator }) => operator === lane).map(plannedFromRow));
  });
  return {
    async allowedIntents({ lane } = {}) {
      return lane === undefined ? (await allowed().execute()).map(plannedFromRow) : allowedOf(lane);
    },

    async intents(ids) {
      if (ids.length === 0) return [];
      const rows = await db.selectFrom('intents').selectAll().where('id', 'in', ids).orderBy('position').execute();
      return rows.map(intentRecordFromRow);
    },

    async openIntents({ seenHeight } = {}) {
      const rows = await db
        .selectFrom('intents')
        .leftJoin('transactions', 'transactions.id', 'intents.transaction_id')
        .selectAll('intents')
        .where((where) => {
          const unsettled = where('intents.state', 'in', ['allowed', 'claimed']);
          if (seenHeight === undefined) return unsettled;
          const unseen = where.and([
            where('intents.state', '=', 'done'),
            where('transactions.included_height', '>', seenHeight),
          ]);
          return where.or([unsettled, unseen]);
        })
        .orderBy('intents.position')
        .execute();
      return rows.map((row) => {
        const planned = plannedFromRow(row);
        return { ...planned, cost: worstCost(planned) };
      });
    },
  };
}

/** Moves the intents of a transaction on; answers how many were in one of `from`. */
export async function moveIntents(
  trx: SqlTransaction<LedgerSchema>,
  move: { transactionId: number; from: readonly string[]; to: string; at: number },
): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('intents')
    .set({ state: move.to, updated_at: move.at })
    .where('transaction_id', '=', move.transactionId)
    .where('state', 'in', move.from)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** claimed → done or failed, by what the chain said of each entry. */
export async function settleIntents(
  trx: SqlTransaction<LedgerSchema>,
  { transactionId, at }: { transactionId: number; at: number },
): Promise<void> {
  await trx
    .updateTable('intents')
    .from('results')
    .set({
      state: sql<string>`case when ${sql.ref('results.error')} is null then 'done' else 'failed' end`,
      updated_at: at,
    })
    .whereRef('results.intent_id', '=', 'intents.id')
    .where('results.transaction_id', '=', transactionId)
    .where('intents.transaction_id', '=', transactionId)
    .where('intents.state', '=', 'claimed')
    .execute();
}

function worstCost({ intent }: Planned) {
  return intent.kind === 'buy' ? costOf(intent.amount, intent.maxPrice) : microStx(0);
}

function rowFromPlanned(planned: Planned, at: number): PlannedRow {
  const { intent } = planned;
  return {
    id: planned.id,
    account: planned.account,
    operator: planned.operator,
    strategy: planned.strategy,
    turn: planned.turn,
    height: planned.height,
    kind: intent.kind,
    trade_id: intent.kind === 'list' ? null : intent.tradeId,
    amount: intent.amount,
    price: intent.kind === 'buy' ? intent.maxPrice : intent.kind === 'list' ? intent.price : null,
    open_until: intent.kind === 'list' ? intent.openUntil : null,
    reason: wellFormed(intent.reason),
    cost: worstCost(planned),
    state: 'allowed',
    created_at: at,
    updated_at: at,
  };
}
