import { Kysely, Migrator, PostgresDialect, type PostgresPool, sql } from 'kysely';
import { ConfigError } from '../../core/index.ts';
import type { LedgerBinding, LedgerPort } from '../../execution/ports/ledger.ts';
import { eventVerbs } from './events.ts';
import { translateFailure } from './failure.ts';
import { intentVerbs } from './intents.ts';
import { migrations } from './migrations.ts';
import { pruneVerbs } from './prune.ts';
import type { LedgerSchema } from './schema.ts';
import { totalVerbs } from './totals.ts';
import { transactionVerbs } from './transactions.ts';

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
    const migrator = new Migrator({ db: root.withSchema(schema), provider: migrations, migrationTableSchema: schema });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    await bind(db, binding);
  } catch (cause) {
    await root.destroy();
    throw translateFailure(cause);
  }

  const verbs: LedgerPort = {
    ...intentVerbs(db),
    ...transactionVerbs(db),
    ...eventVerbs(db),
    ...totalVerbs(db),
    ...pruneVerbs(db),
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
  };
  return translated(verbs);
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
function translated(ledger: LedgerPort): LedgerPort {
  const wrap =
    <Parameters extends unknown[], Answer>(verb: (...parameters: Parameters) => Promise<Answer>) =>
    async (...parameters: Parameters): Promise<Answer> => {
      try {
        return await verb(...parameters);
      } catch (cause) {
        throw translateFailure(cause);
      }
    };
  return {
    recordIntents: wrap(ledger.recordIntents),
    allowedIntents: wrap(ledger.allowedIntents),
    cancelIntents: wrap(ledger.cancelIntents),
    intents: wrap(ledger.intents),
    claim: wrap(ledger.claim),
    addAttempt: wrap(ledger.addAttempt),
    transition: wrap(ledger.transition),
    include: wrap(ledger.include),
    settle: wrap(ledger.settle),
    finalize: wrap(ledger.finalize),
    uninclude: wrap(ledger.uninclude),
    supersede: wrap(ledger.supersede),
    transactions: wrap(ledger.transactions),
    transaction: wrap(ledger.transaction),
    transactionOf: wrap(ledger.transactionOf),
    results: wrap(ledger.results),
    audit: wrap(ledger.audit),
    openIntents: wrap(ledger.openIntents),
    ownTransactions: wrap(ledger.ownTransactions),
    ownListings: wrap(ledger.ownListings),
    recordEvents: wrap(ledger.recordEvents),
    eventCursor: wrap(ledger.eventCursor),
    energyPriceAt: wrap(ledger.energyPriceAt),
    fills: wrap(ledger.fills),
    listings: wrap(ledger.listings),
    accountTotals: wrap(ledger.accountTotals),
    recordTurn: wrap(ledger.recordTurn),
    summary: wrap(ledger.summary),
    fillTotals: wrap(ledger.fillTotals),
    prune: wrap(ledger.prune),
    prunedHeight: wrap(ledger.prunedHeight),
    get: wrap(ledger.get),
    set: wrap(ledger.set),
    increment: wrap(ledger.increment),
    close: wrap(ledger.close),
  };
}
