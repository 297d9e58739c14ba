import type { PostgresPool } from 'kysely';
import type { LedgerPort } from '../../execution/ports/ledger.ts';
import type { LedgerBinding } from '../../execution/ports/ledger-records.ts';
import type { EmbeddedDatabase } from '../embedded/open.ts';
import { createSqlLedger } from './sql-ledger.ts';

export interface PgliteLedgerParameters {
  readonly binding: LedgerBinding;
  /** @default 'wattmaker' */
  readonly schema?: string;
  /** Discards what the schema holds first. @default false */
  readonly fresh?: boolean;
}

/**
 * A ledger in the embedded database.
 *
 * @throws ConfigError when the ledger belongs to another chain.
 */
export function createPgliteLedger(
  { database }: { readonly database: EmbeddedDatabase },
  { binding, schema = 'wattmaker', fresh = false }: PgliteLedgerParameters,
): Promise<LedgerPort> {
  // Kysely's type also wants cursors, which it uses only where a cursor class is configured.
  const pool = database.pool as unknown as PostgresPool;
  return createSqlLedger({ pool }, { schema, binding, fresh });
}
