import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { type Principal, txId } from '../../core/index.ts';
import type { LedgerReads } from '../../execution/ports/ledger.ts';
import type { AuditRow } from '../../execution/ports/ledger-records.ts';
import type { Transaction, TransactionState } from '../../execution/ports/transaction.ts';
import { type AnswerAll, gather } from './gather.ts';
import { attemptFromRow, integer, resultFromRow, transactionFromRow } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

type TransactionReads = Pick<LedgerReads, 'transactions' | 'transaction' | 'ownTransactions' | 'results' | 'audit'>;

/** The ledger's verbs that read transactions. */
export function transactionReads(db: Kysely<LedgerSchema>): TransactionReads {
  const reads = new Map<string, (asked: LaneRead) => Promise<readonly Transaction[]>>();
  /** Every lane asks in every turn, all at once; those who ask for the same states are answered together. */
  const ofLane = (states: readonly TransactionState[]) => {
    const key = states.join(' ');
    const read = reads.get(key) ?? gather(lanesInStates(db, states));
    reads.set(key, read);
    return read;
  };
  return {
    async transactions({ states, lane, fromNonce = 0 }) {
      if (states.length === 0) return [];
      if (lane !== undefined) return ofLane(states)({ lane, fromNonce });
      const found = whole(db)
        .where('state', 'in', states)
        .where('nonce', '>=', sql<number>`${sql.val(fromNonce)}::int8`);
      return (await found.orderBy('lane').orderBy('nonce').execute()).map(fromWhole);
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

interface LaneRead {
  readonly lane: Principal;
  readonly fromNonce: number;
}

/** What each of them asks for, in one query. */
const lanesInStates =
  (db: Kysely<LedgerSchema>, states: readonly TransactionState[]): AnswerAll<LaneRead, readonly Transaction[]> =>
  async (asked) => {
    const lanes = sql.val(asked.map(({ lane }) => lane));
    const nonces = sql.val(asked.map(({ fromNonce }) => fromNonce));
    const wanted = sql<{ lane: string; from_nonce: number; place: string }>`
      unnest(${lanes}::text[], ${nonces}::int8[]) with ordinality`.as<'wanted'>(sql`wanted(lane, from_nonce, place)`);
    const rows = await whole(db)
      .innerJoin(wanted, (join) =>
        join.onRef('wanted.lane', '=', 'transactions.lane').onRef('wanted.from_nonce', '<=', 'transactions.nonce'),
      )
      .select('wanted.place')
      .where('state', 'in', states)
      .orderBy('nonce')
      .execute();
    const answers: Transaction[][] = asked.map(() => []);
    for (const { place, ...row } of rows) answers[integer(place) - 1]?.push(fromWhole(row));
    return answers;
  };

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
