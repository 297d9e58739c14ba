import { type Kysely, type Transaction as SqlTransaction, sql } from 'kysely';
import { OPENING_DIGEST } from '../../contract/index.ts';
import { CorruptionError, price as priceOf, sequence, tradeId } from '../../core/index.ts';
import type { LedgerReads } from '../../execution/ports/ledger.ts';
import type { EventBatch, EventMark } from '../../execution/ports/ledger-records.ts';
import { fillFromRow, listingFromRow } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

type EventReads = Pick<LedgerReads, 'eventMarks' | 'energyPriceAt' | 'fills' | 'listings' | 'ownListings'>;

const MARKS = 'events.marks';
/** What earlier versions kept instead, which says how far and no more. */
const CURSOR = 'events.cursor';

/** The ledger's verbs that read what the contract's events say of our trades. */
export function eventReads(db: Kysely<LedgerSchema>): EventReads {
  return {
    async eventMarks() {
      const rows = await db.selectFrom('meta').selectAll().where('key', 'in', [MARKS, CURSOR]).execute();
      const marks = rows.find(({ key }) => key === MARKS);
      if (marks !== undefined) return marksFromText(marks.value);
      // All is read again from the first event on, once.
      return rows.length === 0 ? [] : [{ sequence: sequence(0), digest: OPENING_DIGEST }];
    },

    async energyPriceAt(at) {
      const row = await db
        .selectFrom('energy_prices')
        .select('price')
        .where('sequence', '<=', sql<number>`${sql.val(at)}::int8`)
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : priceOf(BigInt(row.price));
    },

    async fills() {
      const rows = await db.selectFrom('fills').selectAll().orderBy('sequence').execute();
      return rows.map(fillFromRow);
    },

    async listings() {
      const rows = await db.selectFrom('listings').selectAll().orderBy('sequence').execute();
      return rows.map(listingFromRow);
    },

    async ownListings(ids) {
      if (ids.length === 0) return new Set();
      const rows = await db
        .selectFrom('listings')
        .select('trade_id')
        .where('trade_id', '=', sql<number>`any(${sql.val(ids)}::int8[])`)
        .execute();
      return new Set(rows.map((row) => tradeId(BigInt(row.trade_id))));
    },
  };
}

/** Writes what events say of our trades, and how far they were read. */
export async function recordEvents(trx: SqlTransaction<LedgerSchema>, batch: EventBatch): Promise<void> {
  const { forgetAfter, listings, fills, prices, marks, at } = batch;
  if (forgetAfter !== null) {
    await trx.deleteFrom('fills').where('sequence', '>', forgetAfter).execute();
    await trx.deleteFrom('energy_prices').where('sequence', '>', forgetAfter).execute();
    await trx.deleteFrom('listings').where('sequence', '>', forgetAfter).execute();
  }
  for (const { sequence, tradeId, txId, height, seller, amount, price } of listings) {
    await trx
      .insertInto('listings')
      .values({ sequence, trade_id: tradeId, tx_id: txId, height, seller, amount, price })
      .onConflict((conflict) => conflict.column('sequence').doNothing())
      .execute();
  }
  for (const mark of prices) {
    await trx
      .insertInto('energy_prices')
      .values({ ...mark, at })
      .onConflict((conflict) => conflict.column('sequence').doNothing())
      .execute();
  }
  for (const { tradeId, txId, energyPrice, ...fill } of fills) {
    await trx
      .insertInto('fills')
      .values({ ...fill, trade_id: tradeId, tx_id: txId, energy_price: energyPrice, at })
      .onConflict((conflict) => conflict.column('sequence').doNothing())
      .execute();
  }
  if (marks.length > 0) {
    const value = JSON.stringify(marks);
    await trx
      .insertInto('meta')
      .values({ key: MARKS, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  }
}

function marksFromText(text: string): readonly EventMark[] {
  const marks: unknown = JSON.parse(text);
  if (!Array.isArray(marks) || marks.length === 0) {
    throw new CorruptionError(`expected marks of events in the ledger, was "${text}"`);
  }
  return marks.map((mark: { readonly sequence: number; readonly digest: string }) => ({
    sequence: sequence(mark.sequence),
    digest: mark.digest,
  }));
}
