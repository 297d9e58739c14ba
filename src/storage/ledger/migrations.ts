import { type Kysely, type Migration, type MigrationProvider, sql } from 'kysely';
import { retention } from './retention-migration.ts';

const id = sql`int8 generated always as identity`;

/** Tables as of the first version. Later versions add migrations and never change one that was released. */
const first: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('meta')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('counters')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'int8', (column) => column.notNull())
      .execute();
    // One nonce of a lane and what became of it.
    await db.schema
      .createTable('transactions')
      .addColumn('id', id, (column) => column.primaryKey())
      .addColumn('lane', 'text', (column) => column.notNull())
      .addColumn('nonce', 'int8', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('call', 'text', (column) => column.notNull())
      .addColumn('entries', 'int4', (column) => column.notNull())
      .addColumn('settled', 'boolean', (column) => column.notNull().defaultTo(false))
      .addColumn('claimed_at', 'int8', (column) => column.notNull())
      .addColumn('updated_at', 'int8', (column) => column.notNull())
      .addColumn('included_tx', 'text')
      .addColumn('included_height', 'int8')
      .addColumn('included_block', 'text')
      .addColumn('included_status', 'text')
      .addColumn('result_hex', 'text')
      .addColumn('fee', 'int8')
      .execute();
    // A lane's nonce has one transaction; one that lost it to a foreign transaction does not count.
    await db.schema
      .createIndex('transactions_live_nonce')
      .unique()
      .on('transactions')
      .columns(['lane', 'nonce'])
      .where(sql.ref('state'), '<>', sql.lit('superseded'))
      .execute();
    await db.schema.createIndex('transactions_state').on('transactions').column('state').execute();
    await db.schema
      .createTable('intents')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('position', id, (column) => column.notNull().unique())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('strategy', 'text', (column) => column.notNull())
      .addColumn('turn', 'int8', (column) => column.notNull())
      .addColumn('height', 'int8', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('trade_id', 'int8')
      .addColumn('amount', 'int8', (column) => column.notNull())
      .addColumn('price', 'int8')
      .addColumn('open_until', 'int8')
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('cost', 'int8', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('transaction_id', 'int8', (column) => column.references('transactions.id'))
      .addColumn('entry', 'int4')
      .addColumn('created_at', 'int8', (column) => column.notNull())
      .addColumn('updated_at', 'int8', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('intents_state').on('intents').column('state').execute();
    await db.schema.createIndex('intents_transaction').on('intents').column('transaction_id').execute();
    await db.schema.createIndex('intents_account').on('intents').columns(['account', 'created_at']).execute();
    // Every byte string ever signed; rows are added and never changed.
    await db.schema
      .createTable('attempts')
      .addColumn('tx_id', 'text', (column) => column.primaryKey())
      .addColumn('transaction_id', 'int8', (column) => column.notNull().references('transactions.id'))
      .addColumn('position', id, (column) => column.notNull().unique())
      .addColumn('hex', 'text', (column) => column.notNull())
      .addColumn('sha256', 'text', (column) => column.notNull())
      .addColumn('fee', 'int8', (column) => column.notNull())
      .addColumn('created_at', 'int8', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('attempts_transaction').on('attempts').column('transaction_id').execute();
    // What the chain said of each entry of a batch: a value or an error.
    await db.schema
      .createTable('results')
      .addColumn('transaction_id', 'int8', (column) => column.notNull().references('transactions.id'))
      .addColumn('entry', 'int4', (column) => column.notNull())
      .addColumn('intent_id', 'text', (column) => column.notNull().references('intents.id'))
      .addColumn('value', 'int8')
      .addColumn('error', 'text')
      .addPrimaryKeyConstraint('results_key', ['transaction_id', 'entry'])
      .addCheckConstraint('results_value_or_error', sql`(value is null) <> (error is null)`)
      .execute();
    await db.schema.createIndex('results_intent').on('results').column('intent_id').execute();
    await db.schema
      .createTable('audit')
      .addColumn('id', id, (column) => column.primaryKey())
      .addColumn('transaction_id', 'int8', (column) => column.notNull().references('transactions.id'))
      .addColumn('from_state', 'text')
      .addColumn('to_state', 'text', (column) => column.notNull())
      .addColumn('at', 'int8', (column) => column.notNull())
      .addColumn('note', 'text')
      .execute();
    await db.schema.createIndex('audit_transaction').on('audit').column('transaction_id').execute();
    await db.schema
      .createTable('listings')
      .addColumn('sequence', 'int8', (column) => column.primaryKey())
      .addColumn('trade_id', 'int8', (column) => column.notNull().unique())
      .addColumn('tx_id', 'text', (column) => column.notNull())
      .addColumn('height', 'int8', (column) => column.notNull())
      .addColumn('seller', 'text', (column) => column.notNull())
      .addColumn('amount', 'int8', (column) => column.notNull())
      .addColumn('price', 'int8', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('fills')
      .addColumn('sequence', 'int8', (column) => column.primaryKey())
      .addColumn('side', 'text', (column) => column.notNull())
      .addColumn('trade_id', 'int8', (column) => column.notNull().unique())
      .addColumn('tx_id', 'text', (column) => column.notNull())
      .addColumn('height', 'int8', (column) => column.notNull())
      .addColumn('buyer', 'text', (column) => column.notNull())
      .addColumn('seller', 'text', (column) => column.notNull())
      .addColumn('amount', 'int8', (column) => column.notNull())
      .addColumn('price', 'int8', (column) => column.notNull())
      .addColumn('cost', 'int8', (column) => column.notNull())
      .addColumn('energy_price', 'int8', (column) => column.notNull())
      .addColumn('at', 'int8', (column) => column.notNull())
      .execute();
    // The system's energy price from an event on: what each fill is measured against.
    await db.schema
      .createTable('energy_prices')
      .addColumn('sequence', 'int8', (column) => column.primaryKey())
      .addColumn('price', 'int8', (column) => column.notNull())
      .execute();
  },
};

interface LaneOf {
  id: number;
  lane: string;
}

/** Who may write for an operator key, and why the key sends nothing new. */
const lanes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('lanes')
      .addColumn('lane', 'text', (column) => column.primaryKey())
      .addColumn('epoch', 'int8', (column) => column.notNull())
      .addColumn('holder', 'text')
      .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
      .addColumn('halt_cause', 'text')
      .addColumn('halt_reason', 'text')
      .addColumn('halted_at', 'int8')
      .execute();
    // Whose lane an intent is for. One that never had a nonce may have been for anybody's: its own account stands in.
    await db.schema.alterTable('intents').addColumn('operator', 'text').execute();
    await db
      .withTables<{ intents: { operator: string; account: string; transaction_id: number }; transactions: LaneOf }>()
      .updateTable('intents')
      .set(({ fn, selectFrom }) => ({
        operator: fn.coalesce(
          selectFrom('transactions').select('lane').whereRef('id', '=', 'intents.transaction_id'),
          'intents.account',
        ),
      }))
      .execute();
    await db.schema
      .alterTable('intents')
      .alterColumn('operator', (column) => column.setNotNull())
      .execute();
  },
};

/** Attempts that replace a transaction by one that does nothing. */
const replacement: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('attempts')
      .addColumn('noop', 'boolean', (column) => column.notNull().defaultTo(false))
      .execute();
    await db.schema.createIndex('attempts_created').on('attempts').column('created_at').execute();
    await db.schema.createIndex('transactions_nonce').on('transactions').columns(['lane', 'nonce']).execute();
  },
};

export const migrations: MigrationProvider = {
  getMigrations: async () => ({
    '0001_first': first,
    '0002_lanes': lanes,
    '0003_replacement': replacement,
    '0004_retention': retention,
  }),
};
