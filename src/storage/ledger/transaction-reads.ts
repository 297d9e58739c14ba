import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { txId } from '../../core/index.ts';
import type { LedgerReads } from '../../execution/ports/ledger.ts';
import type { AuditRow } from '../../execution/ports/ledger-records.ts';
import { type Transaction, UNCONFIRMED_STATES } from '../../execution/ports/transaction.ts';
import { gather } from './gather.ts';
import { attemptFromRow, integer, resultFromRow, transactionFromRow } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

type TransactionReads = Pick<LedgerReads, 'transactions' | 'transaction' | 'ownTransactions' | 'results' | 'audit'>;

/** The ledger's verbs that read transactions. */
export function transactionReads(db: Kysely<LedgerSchema>): TransactionReads {
  // Every lane asks in every turn, all at once.
  const unconfirmedOf = gather<string, readonly Transaction[]>(async (lanes) => {
    const found = await whole(db)
      .where('state', 'in', UNCONFIRMED_STATES)
      .where('lane', '=', sql<string>`any(${sql.val(lanes)}::text[])`)
      .orderBy('nonce')
      .execute();
    return lanes.map((lane) => found.filter((row) => row.lane === lane).map(fromWhole));
  });
  return {
    async transactions({ states, lane, fromNonce }) {
      if (states.length === 0) return [];
      if (states === UNCONFIRMED_STATES && lane !== undefined && fromNonce === undefined) return unconfirmedOf(lane);
      let query = whole(db).where('state', 'in', states);
      if (lane !== undefined) query = query.where('lane', '=', lane);
      if (fromNonce !== undefined) query = query.where('nonce', '>=', sql<number>`${sql.val(fromNonce)}::int8`);
      return (await query.orderBy('lane').orderBy('nonce').execute()).map(fromWhole);
    },

    async transaction(id) {
      const row = await whole(db).where('transactions.id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromWhole(row);
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

/** Transactions with their attempts and intents, in one query whatever their number. */
const whole = (db: Kysely<LedgerSchema>) =>
  db
    .selectFrom('transactions')
    .selectAll('transactions')
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('attempts')
          .selectAll('attempts')
          .whereRef('attempts.transaction_id', '=', 'transactions.id')
          .orderBy('attempts.position'),
      ).as('attempts'),
      jsonArrayFrom(
        eb
          .selectFrom('intents')
          .select('intents.id')
          .whereRef('intents.transaction_id', '=', 'transactions.id')
          .orderBy('intents.entry'),
      ).as('intents'),
    ]);

function fromWhole({ attempts, intents, ...row }: WholeRow): Transaction {
  return transactionFromRow(
    row,
    attempts.map(attemptFromRow),
    intents.map(({ id }) => id),
  );
}

type WholeRow = Awaited<ReturnType<ReturnType<typeof whole>['execute']>>[number];
