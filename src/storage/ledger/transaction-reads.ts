import { type Kysely, type Selectable, sql } from 'kysely';
import { groupBy, txId } from '../../core/index.ts';
import type { AuditRow, LedgerReads } from '../../execution/ports/ledger.ts';
import type { Transaction } from '../../execution/ports/transaction.ts';
import { attemptFromRow, integer, resultFromRow, transactionFromRow } from './rows.ts';
import type { LedgerSchema, TransactionTable } from './schema.ts';

type TransactionReads = Pick<
  LedgerReads,
  'transactions' | 'transaction' | 'transactionOf' | 'ownTransactions' | 'results' | 'audit'
>;

/** The ledger's verbs that read transactions. */
export function transactionReads(db: Kysely<LedgerSchema>): TransactionReads {
  return {
    async transactions({ states, lane, fromNonce }) {
      if (states.length === 0) return [];
      let query = db.selectFrom('transactions').selectAll().where('state', 'in', states);
      if (lane !== undefined) query = query.where('lane', '=', lane);
      if (fromNonce !== undefined) query = query.where('nonce', '>=', sql<number>`${sql.val(fromNonce)}::int8`);
      return assemble(db, await query.orderBy('lane').orderBy('nonce').execute());
    },

    async transaction(id) {
      const rows = await db.selectFrom('transactions').selectAll().where('id', '=', id).execute();
      return (await assemble(db, rows))[0] ?? null;
    },

    async transactionOf(id) {
      const rows = await db
        .selectFrom('transactions')
        .innerJoin('attempts', 'attempts.transaction_id', 'transactions.id')
        .selectAll('transactions')
        .where('attempts.tx_id', '=', id)
        .execute();
      return (await assemble(db, rows))[0] ?? null;
    },

    async ownTransactions(ids) {
      if (ids.length === 0) return new Set();
      const rows = await db
        .selectFrom('attempts')
        .select('tx_id')
        .where('tx_id', '=', sql<string>`any(${sql.val(ids)}::text[])`)
        .execute();
      return new Set(rows.map((row) => txId(row.tx_id)));
    },

    async results(transactionId) {
      const rows = await db
        .selectFrom('results')
        .selectAll()
        .where('transaction_id', '=', transactionId)
        .orderBy('entry')
        .execute();
      return rows.map(resultFromRow);
    },

    async audit(transactionId) {
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .where('transaction_id', '=', transactionId)
        .orderBy('id')
        .execute();
      return rows.map(
        (row): AuditRow => ({
          transactionId,
          from: row.from_state as AuditRow['from'],
          to: row.to_state as AuditRow['to'],
          at: integer(row.at),
          note: row.note,
        }),
      );
    },
  };
}

/** Adds attempts and intents to rows of transactions, in two queries whatever their number. */
async function assemble(
  db: Kysely<LedgerSchema>,
  rows: readonly Selectable<TransactionTable>[],
): Promise<readonly Transaction[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => integer(row.id));
  const attempts = await db
    .selectFrom('attempts')
    .selectAll()
    .where('transaction_id', '=', sql<number>`any(${sql.val(ids)}::int8[])`)
    .orderBy('position')
    .execute();
  const intents = await db
    .selectFrom('intents')
    .select(['id', 'transaction_id'])
    .where('transaction_id', '=', sql<number>`any(${sql.val(ids)}::int8[])`)
    .orderBy('entry')
    .execute();
  const attemptsOf = groupBy(attempts, (row) => integer(row.transaction_id));
  const intentsOf = groupBy(intents, (row) => integer(row.transaction_id ?? 0));
  return rows.map((row) => {
    const id = integer(row.id);
    const intentIds = (intentsOf.get(id) ?? []).map((intent) => intent.id);
    return transactionFromRow(row, (attemptsOf.get(id) ?? []).map(attemptFromRow), intentIds);
  });
}
