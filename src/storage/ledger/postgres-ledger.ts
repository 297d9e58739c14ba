import pg from 'pg';
import { ConfigError, type Log } from '../../core/index.ts';
import type { LedgerPort } from '../../execution/ports/ledger.ts';
import type { LedgerBinding } from '../../execution/ports/ledger-records.ts';
import { PreparingClient } from './preparing-client.ts';
import { createSqlLedger } from './sql-ledger.ts';

export interface PostgresLedgerParameters {
  /** `postgres://…`; a password in it appears in no message. */
  readonly url: string;
  readonly binding: LedgerBinding;
  /** @default 'wattmaker' */
  readonly schema?: string;
  /** Discards what the schema holds first. @default false */
  readonly fresh?: boolean;
}

/**
 * A ledger in Postgres 14 or newer.
 *
 * @throws ConfigError when nothing answers at `url`, it refuses the login, or the ledger belongs to another chain.
 */
export async function createPostgresLedger(
  { log }: { readonly log: Log },
  { url, binding, schema = 'wattmaker', fresh = false }: PostgresLedgerParameters,
): Promise<LedgerPort> {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    max: 16,
    // Also the longest wait for a connection of the pool, which many lanes share.
    connectionTimeoutMillis: 10_000,
    statement_timeout: 15_000,
    // A holder that is stopped in the middle of a write must not keep the next one from its lanes.
    idle_in_transaction_session_timeout: 3_000,
    keepAlive: true,
    application_name: 'wattmaker',
  });
  const name = describeUrl(url);
  const warn = (error: Error): void => log.warn({ error }, `${name}: ${error.message}`);
  pool.on('error', warn);
  // The pool hears its idle connections alone. One that the server ends between two statements of a transaction, as it
  // does to a process that was suspended there, must not end the process: the next statement fails, and that counts.
  pool.on('connect', (client) => client.on('error', warn));
  try {
    (await pool.connect()).release();
  } catch (cause) {
    await pool.end();
    throw new ConfigError(`cannot use ${name}: ${(cause as Error).message}`, {
      cause,
      hints: ['Check DATABASE_URL and that the server is up.'],
    });
  }
  return createSqlLedger({ pool }, { schema, binding, fresh });
}

function describeUrl(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `Postgres at ${hostname}:${port || 5432}${pathname}`;
  } catch {
    throw new ConfigError('expected DATABASE_URL to be a URL such as postgres://user@127.0.0.1:5432/wattmaker');
  }
}
