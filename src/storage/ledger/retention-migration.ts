import { type Kysely, type Migration, sql } from 'kysely';

/** What pruning needs: the sums of dropped rows, and indexes by which it finds what may be dropped. */
export const retention: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('pruned_totals')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'numeric', (column) => column.notNull())
      .execute();
    // By energy price, for what a fill earned is measured against the price of its time.
    await db.schema
      .createTable('pruned_fills')
      .addColumn('side', 'text', (column) => column.notNull())
      .addColumn('energy_price', 'int8', (column) => column.notNull())
      .addColumn('count', 'numeric', (column) => column.notNull())
      .addColumn('energy', 'numeric', (column) => column.notNull())
      .addColumn('cost', 'numeric', (column) => column.notNull())
      .addPrimaryKeyConstraint('pruned_fills_key', ['side', 'energy_price'])
      .execute();
    // When the mark was written; those of before count as old.
    await db.schema
      .alterTable('energy_prices')
      .addColumn('at', 'int8', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex('listings_transaction').on('listings').column('tx_id').execute();
    await db.schema.createIndex('fills_height').on('fills').column('height').execute();
    await db.schema.createIndex('transactions_updated').on('transactions').column('updated_at').execute();
    await db.schema
      .createIndex('intents_cancelled')
      .on('intents')
      .column('updated_at')
      .where(sql.ref('state'), '=', sql.lit('cancelled'))
      .execute();
  },
};
