import { type Kysely, type Transaction as SqlTransaction, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { txId } from '../../core/index.ts';
import type { AuditRow, LedgerPort } from '../../execution/ports/ledger.ts';
import { LIVE_STATES, type Transaction, type TransactionState } from '../../execution/ports/transaction.ts';
import { claim } from './claim.ts';
import { moveIntents, settleIntents } from './intents.ts';
import { attemptFromRow, integer, resultFromRow, transactionFromRow } from './rows.ts';
import type { LedgerSchema } from './schema.ts';
import { step } from './step.ts';

type TransactionVerbs = Pick<
  LedgerPort,
  | 'claim'
  | 'addAttempt'
  | 'transition'
  | 'include'
  | 'settle'
  | 'finalize'
  | 'uninclude'
  | 'supersede'
  | 'transactions'
  | 'transaction'
  | 'transactionOf'
  | 'ownTransactions'
  | 'results'
  | 'audit'
>;

/** The ledger's verbs for transactions. */
export function transactionVerbs(db: Kysely<LedgerSchema>): TransactionVerbs {
  const atomically = <T>(work: (trx: SqlTransaction<LedgerSchema>) => Promise<T>) => db.transaction().execute(work);

  return {
    claim: (parameters) => claim(db, parameters),

    addAttempt: ({ transactionId, attempt }) =>
      atomically(async (trx) => {
        const at = attempt.createdAt;
        const states: TransactionState[] = ['claimed', ...LIVE_STATES];
        const current = await trx
          .selectFrom('transactions')
          .select('state')
          .where('id', '=', transactionId)
          .where('state', 'in', states)
          .forUpdate()
          .executeTakeFirst();
        if (current === undefined) return false;
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('attempts')
          .values({
            tx_id: attempt.txId,
            transaction_id: transactionId,
            hex: attempt.hex,
            sha256: attempt.sha256,
            fee: attempt.fee,
            created_at: at,
          })
          .onConflict((conflict) => conflict.column('tx_id').doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 1n) return false;
        if (current.state === 'claimed') await step(trx, { transactionId, from: ['claimed'], to: 'signed', at });
        return true;
      }),

    transition: (parameters) => step(db, parameters),

    include: ({ transactionId, inclusion, results, at }) =>
      atomically(async (trx) => {
        const note = `${inclusion.status} at height ${inclusion.height}`;
        const applied = await step(
          trx,
          { transactionId, from: LIVE_STATES, to: 'included', at, note },
          {
            included_tx: inclusion.txId,
            included_height: inclusion.height,
            included_block: inclusion.indexBlockHash,
            included_status: inclusion.status,
            result_hex: inclusion.resultHex,
            fee: inclusion.fee,
          },
        );
        if (!applied || results.length === 0) return applied;
        const rows = results.map((result, entry) => ({
          transaction_id: transactionId,
          entry,
          intent_id: result.intentId,
          value: result.kind === 'ok' ? result.value : null,
          error: result.kind === 'error' ? result.error : null,
        }));
        await trx.insertInto('results').values(rows).execute();
        return true;
      }),

    settle: ({ transactionId, at }) =>
      atomically(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('transactions')
          .set({ settled: true, updated_at: at })
          .where('id', '=', transactionId)
          .where('state', 'in', ['included', 'final', 'reverted'])
          .where('settled', '=', false)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows !== 1n) return false;
        await settleIntents(trx, { transactionId, at });
        return true;
      }),

    finalize: ({ transactionId, at }) =>
      atomically(async (trx) => {
        const row = await trx
          .selectFrom('transactions')
          .select('included_status')
          .where('id', '=', transactionId)
          .executeTakeFirst();
        const to = row?.included_status === 'success' ? 'final' : 'reverted';
        return step(trx, { transactionId, from: ['included'], to, at });
      }),

    uninclude: ({ transactionId, at, note }) =>
      atomically(async (trx) => {
        const applied = await step(
          trx,
          { transactionId, from: ['included', 'final', 'reverted'], to: 'broadcast', at, note },
          {
            settled: false,
            included_tx: null,
            included_height: null,
            included_block: null,
            included_status: null,
            result_hex: null,
            fee: null,
          },
        );
        if (!applied) return false;
        await trx.deleteFrom('results').where('transaction_id', '=', transactionId).execute();
        await moveIntents(trx, { transactionId, from: ['done', 'failed'], to: 'claimed', at });
        return true;
      }),

    supersede: ({ transactionId, at, note }) =>
      atomically(async (trx) => {
        const applied = await step(trx, { transactionId, from: LIVE_STATES, to: 'superseded', at, note });
        if (applied) await moveIntents(trx, { transactionId, from: ['claimed'], to: 'superseded', at });
        return applied;
      }),

    async transactions({ states, lane }) {
      if (states.length === 0) return [];
      let query = whole(db).where('state', 'in', states);
      if (lane !== undefined) query = query.where('lane', '=', lane);
      return (await query.orderBy('lane').orderBy('nonce').execute()).map(fromWhole);
    },

    async transaction(id) {
      const row = await whole(db).where('transactions.id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromWhole(row);
    },

    async transactionOf(id) {
      const of = db.selectFrom('attempts').select('transaction_id').where('tx_id', '=', id);
      const row = await whole(db).where('transactions.id', '=', of).executeTakeFirst();
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
