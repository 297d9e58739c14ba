import { type Kysely, type Selectable, type Transaction as SqlTransaction, sql } from 'kysely';
import { groupBy, txId } from '../../core/index.ts';
import type { AuditRow, LedgerPort } from '../../execution/ports/ledger.ts';
import { END_STATES, LIVE_STATES, type Transaction, type TransactionState } from '../../execution/ports/transaction.ts';
import { claim, claimGap } from './claim.ts';
import { moveIntents, settleIntents } from './intents.ts';
import { insertAttempt, isNonceTaken, isNoopIncluded, replace } from './replacement.ts';
import { attemptFromRow, integer, resultFromRow, transactionFromRow } from './rows.ts';
import type { LedgerSchema, TransactionTable } from './schema.ts';
import { step } from './step.ts';

type TransactionVerbs = Pick<
  LedgerPort,
  | 'claim'
  | 'claimGap'
  | 'addAttempt'
  | 'replace'
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

    claimGap: (parameters) => claimGap(db, parameters),

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
        if (!(await insertAttempt(trx, transactionId, attempt))) return false;
        if (current.state === 'claimed') await step(trx, { transactionId, from: ['claimed'], to: 'signed', at });
        return true;
      }),

    transition: (parameters) => atomically((trx) => step(trx, parameters)),

    replace: (parameters) => atomically((trx) => replace(trx, parameters)),

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
        if (await isNoopIncluded(trx, transactionId)) {
          await moveIntents(trx, { transactionId, from: ['claimed'], to: 'cancelled', at });
        } else {
          await settleIntents(trx, { transactionId, at });
        }
        return true;
      }),

    finalize: ({ transactionId, at }) =>
      atomically(async (trx) => {
        const row = await trx
          .selectFrom('transactions')
          .select('included_status')
          .where('id', '=', transactionId)
          .executeTakeFirst();
        const end = row?.included_status === 'success' ? 'final' : 'reverted';
        const to = (await isNoopIncluded(trx, transactionId)) ? 'cancelled' : end;
        return step(trx, { transactionId, from: ['included'], to, at });
      }),

    uninclude: ({ transactionId, at, note }) =>
      atomically(async (trx) => {
        if (await isNonceTaken(trx, transactionId)) return false;
        const applied = await step(
          trx,
          { transactionId, from: ['included', ...END_STATES], to: 'broadcast', at, note },
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
        await moveIntents(trx, {
          transactionId,
          from: ['done', 'failed', 'cancelled', 'superseded'],
          to: 'claimed',
          at,
        });
        return true;
      }),

    supersede: ({ transactionId, at, note }) =>
      atomically(async (trx) => {
        const applied = await step(trx, { transactionId, from: LIVE_STATES, to: 'superseded', at, note });
        if (applied) await moveIntents(trx, { transactionId, from: ['claimed'], to: 'superseded', at });
        return applied;
      }),

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
