import { type Insertable, type Kysely, type Transaction as SqlTransaction, sql } from 'kysely';
import { costOf, microStx, type Principal } from '../../core/index.ts';
import type { LaneLease, LaneLedger, LedgerReads } from '../../execution/ports/ledger.ts';
import type { IntentRecord } from '../../execution/ports/ledger-records.ts';
import type { Fenced } from './fence.ts';
import { gather } from './gather.ts';
import { intentRecordFromRow, plannedFromRow } from './rows.ts';
import type { IntentTable, LedgerSchema } from './schema.ts';

type Planned = IntentRecord['planned'];
type IntentReads = Pick<LedgerReads, 'allowedIntents' | 'intents' | 'openIntents'>;

/** Rows a statement may carry: Postgres takes 65,535 parameters. */
const ROWS_PER_INSERT = 500;

/** Records intents whose id is new as allowed. */
export async function recordIntents(
  trx: SqlTransaction<LedgerSchema>,
  { planned, at }: Parameters<LaneLease['recordIntents']>[0],
): Promise<number> {
  let added = 0;
  for (let from = 0; from < planned.length; from += ROWS_PER_INSERT) {
    const rows = planned.slice(from, from + ROWS_PER_INSERT).map((one) => rowFromPlanned(one, at));
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('intents')
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirstOrThrow();
    added += Number(numInsertedOrUpdatedRows);
  }
  return added;
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

function rowFromPlanned(planned: Planned, at: number): Insertable<IntentTable> {
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
    reason: intent.reason,
    cost: worstCost(planned),
    state: 'allowed',
    transaction_id: null,
    entry: null,
    created_at: at,
    updated_at: at,
  };
}
