import type { LaneLedger } from '../../execution/ports/ledger.ts';
import { END_STATES, LIVE_STATES, UNCONFIRMED_STATES } from '../../execution/ports/transaction.ts';
import { addAttempts } from './attempt.ts';
import { beginPosts } from './begin-post.ts';
import { claimGap, claims } from './claim.ts';
import { fenceOf, type LaneHolder } from './fence.ts';
import { gather } from './gather.ts';
import { writeHalt } from './halt.ts';
import { moveIntents, settleIntents } from './intents.ts';
import { isNonceTaken, isNoopIncluded, replace } from './replacement.ts';
import { moveOne as moveOneIn, steps } from './step.ts';

type TransactionWrites = Pick<
  LaneLedger,
  | 'claim'
  | 'claimGap'
  | 'addAttempt'
  | 'beginPost'
  | 'replace'
  | 'transition'
  | 'include'
  | 'settle'
  | 'finalize'
  | 'uninclude'
  | 'supersede'
  | 'expire'
>;

export type GatheredWrites = ReturnType<typeof gatheredWrites>;

/** Each write of a busy ledger costs both sides some 0.3 ms whatever it holds; a block takes seconds. */
const BUSY = { pauseMs: 20 };

/** The writes that every transaction makes: of all lanes together, each kind in one statement for all who ask at once. */
export const gatheredWrites = ({ db, table }: Pick<LaneHolder, 'db' | 'table'>) => ({
  claim: gather(claims(db, table), BUSY),
  addAttempt: gather(addAttempts(db, table), BUSY),
  beginPost: gather(beginPosts(db, table), BUSY),
  transition: gather(steps(db, table), BUSY),
});

/** The verbs by which a lane's holder moves its transactions on. */
export function transactionWrites(holder: LaneHolder, gathered: GatheredWrites): TransactionWrites {
  const { db, lane } = holder;
  const atomically = fenceOf(db, [holder]);
  const moveOne = (
    trx: LaneHolder['db'],
    step: Parameters<typeof moveOneIn>[1],
    columns?: Parameters<typeof moveOneIn>[2],
  ): Promise<boolean> => moveOneIn({ ...holder, db: trx }, step, columns);

  return {
    claim: (parameters) => gathered.claim({ holder, parameters }),

    claimGap: (parameters) => claimGap(atomically, lane, parameters),

    addAttempt: (parameters) => gathered.addAttempt({ holder, parameters }),

    beginPost: (parameters) => gathered.beginPost({ holder, parameters }),

    transition: (parameters) => gathered.transition({ holder, parameters }),

    replace: (parameters) => atomically((trx) => replace({ ...holder, db: trx }, parameters)),

    include: ({ transactionId, inclusion, results, at }) =>
      atomically(async (trx) => {
        const note = `${inclusion.status} at height ${inclusion.height}`;
        const applied = await moveOne(
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
          .where('lane', '=', lane)
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
        return moveOne(trx, { transactionId, from: ['included'], to, at });
      }),

    uninclude: ({ transactionId, at, note }) =>
      atomically(async (trx) => {
        if (await isNonceTaken(trx, transactionId)) return false;
        const applied = await moveOne(
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
        const applied = await moveOne(trx, { transactionId, from: LIVE_STATES, to: 'superseded', at, note });
        if (!applied) return false;
        await moveIntents(trx, { transactionId, from: ['claimed'], to: 'superseded', at });
        await writeHalt(trx, lane, { cause: 'foreign', reason: note, at });
        return true;
      }),

    expire: ({ transactionId, at, note }) =>
      atomically(async (trx) => {
        const row = await trx
          .selectFrom('transactions')
          .select('state')
          .where('id', '=', transactionId)
          .where('lane', '=', lane)
          .where('state', 'in', UNCONFIRMED_STATES)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) return false;
        if ((await moveIntents(trx, { transactionId, from: ['claimed'], to: 'expired', at })) === 0) return false;
        const { state } = row;
        await trx
          .insertInto('audit')
          .values({ transaction_id: transactionId, from_state: state, to_state: state, at, note })
          .execute();
        return true;
      }),
  };
}
