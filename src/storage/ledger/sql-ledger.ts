import { DEFAULT_MIGRATION_TABLE, Kysely, Migrator, PostgresDialect, type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { ConfigError } from '../../core/index.ts';
import type { LedgerPort } from '../../execution/ports/ledger.ts';
import type { LedgerBinding } from '../../execution/ports/ledger-records.ts';
import { eventReads } from './events.ts';
import { translateFailure } from './failure.ts';
import { intentReads } from './intents.ts';
import { laneVerbs } from './lanes.ts';
import { migrations } from './migrations.ts';
import { pruneReads, pruneWrites } from './prune.ts';
import type { LedgerSchema } from './schema.ts';
import { totalReads, totalWrites } from './totals.ts';
import { transactionReads } from './transaction-reads.ts';

export interface SqlLedgerParameters {
  /** A Postgres schema of its own, so that one database can hold several ledgers. */
  readonly schema: string;
  readonly binding: LedgerBinding;
  /** Discards what the schema holds first. @default false */
  readonly fresh?: boolean;
}

/**
 * The ledger over anything in the shape of a `pg` pool; brings the tables up to date.
 *
 * @throws ConfigError when the ledger belongs to another chain or contract.
 */
export async function createSqlLedger(
  { pool }: { readonly pool: PostgresPool },
  { schema, binding, fresh = false }: SqlLedgerParameters,
): Promise<LedgerPort> {
  const root = new Kysely<LedgerSchema>({ dialect: new PostgresDialect({ pool }) });
  const db = root.withSchema(schema);
  try {
    if (fresh) await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(root);
    await migrate(root, schema);
    await bind(db, binding);
  } catch (cause) {
    await root.destroy();
    throw translateFailure(cause);
  }

  const reads = {
    ...intentReads(db),
    ...transactionReads(db),
    ...eventReads(db),
    ...totalReads(db),
    ...pruneReads(db),
  };
  const { lanes, acquireLanes } = laneVerbs({ db, table: (name) => `${pg.escapeIdentifier(schema)}.${name}` }, reads);
  return translated<LedgerPort>({
    ...reads,
    lanes,
    async acquireLanes(parameters) {
      const lease = await acquireLanes(parameters);
      return lease && translated({ ...lease, lanes: lease.lanes.map(translated) });
    },
    ...totalWrites(db),
    ...pruneWrites(db),
    async get(key) {
      const row = await db.selectFrom('meta').select('value').where('key', '=', `note:${key}`).executeTakeFirst();
      return row?.value ?? null;
    },
    async set(key, value) {
      await db
        .insertInto('meta')
        .values({ key: `note:${key}`, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute();
    },
    close: () => root.destroy(),
  });
}

/** How long a process may pause in the middle of its migrations before the server ends its session. */
const MIGRATION_IDLE_MS = 60_000;

/** Brings the tables up to date. The migrator looks at every table of the database first; most starts need none of it. */
async function migrate(root: Kysely<LedgerSchema>, schema: string): Promise<void> {
  const done = `${schema}.${DEFAULT_MIGRATION_TABLE}`;
  const { rows: found } = await sql<{ there: boolean }>`select to_regclass(${done}) is not null as there`.execute(root);
  if (found[0]?.there === true) {
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(done)}`.execute(root);
    const names = new Set(rows.map(({ name }) => name));
    const wanted = Object.keys(await migrations.getMigrations());
    if (names.size === wanted.length && wanted.every((name) => names.has(name))) return;
  }
  await root.connection().execute(async (connection) => {
    // The migrator does all in one transaction, and thinks between its statements; no lane waits for it.
    await sql`set idle_in_transaction_session_timeout = ${sql.lit(MIGRATION_IDLE_MS)}`.execute(connection);
    const db = connection.withSchema(schema);
    const migrator = new Migrator({ db, provider: migrations, migrationTableSchema: schema });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    await sql`reset idle_in_transaction_session_timeout`.execute(connection);
  });
}

/** Writes down which chain and contract the ledger is for, or compares with what is written. */
async function bind(db: Kysely<LedgerSchema>, { identity, contractId }: LedgerBinding): Promise<void> {
  const value = JSON.stringify({ chainId: identity.chainId, genesis: identity.genesis, contractId });
  await db
    .insertInto('meta')
    .values({ key: 'binding', value })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const stored = await db.selectFrom('meta').select('value').where('key', '=', 'binding').executeTakeFirstOrThrow();
  if (stored.value === value) return;
  const theirs = JSON.parse(stored.value);
  const name = (chainId: number, genesis: string, contract: string) =>
    `${contract} on chain ${chainId} (genesis ${genesis.slice(0, 12)}…)`;
  const expected = name(theirs.chainId, theirs.genesis, theirs.contractId);
  throw new ConfigError(
    `the ledger belongs to ${expected}, not to ${name(identity.chainId, identity.genesis, contractId)}`,
    {
      hints: [
        'Name another data folder or database; on the embedded chain, --fresh discards chain and ledger together.',
      ],
    },
  );
}

/** The same verbs, failing only with errors that say what the bot does next. */
function translated<Verbs extends object>(verbs: Verbs): Verbs {
  const wrapped = Object.entries(verbs).map(([name, verb]) => [name, typeof verb === 'function' ? guard(verb) : verb]);
  return Object.fromEntries(wrapped) as Verbs;
}

const guard =
  (verb: (...parameters: unknown[]) => Promise<unknown>) =>
  async (...parameters: unknown[]): Promise<unknown> => {
    try {
      return await verb(...parameters);
    } catch (cause) {
      throw translateFailure(cause);
    }
  };
