import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { createPgliteLedger, createPostgresLedger, openMemoryDatabase } from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { postgresService } from '../support/services.ts';
import { OPERATOR } from '../support/trading-fixtures.ts';
import { describeLedgerPort, type LedgerHarness } from './ledger-port.ts';
import { describeLedgerRetention } from './ledger-retention.ts';

const postgres = await postgresService();
afterAll(async () => {
  if (!('missing' in postgres)) await postgres.stop();
});

async function embedded(): Promise<LedgerHarness> {
  const database = await openMemoryDatabase();
  return {
    open: (schema, binding) => createPgliteLedger({ database }, { binding, schema }),
    async drop(schema) {
      await database.pool.query(`DROP SCHEMA ${schema} CASCADE`);
    },
    close: () => database.close(),
  };
}

async function onPostgres(): Promise<LedgerHarness> {
  const url = 'missing' in postgres ? '' : postgres.url;
  const run = `test_${process.pid}`;
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  return {
    open: (name, binding) => createPostgresLedger({ log: collectingLog() }, { url, binding, schema: `${run}_${name}` }),
    async drop(name) {
      await pool.query(`DROP SCHEMA ${run}_${name} CASCADE`);
    },
    close: () => pool.end(),
  };
}

const missing = 'missing' in postgres ? postgres.missing : null;
describeLedgerPort('the embedded database', embedded);
describeLedgerPort('Postgres', onPostgres, missing);
describeLedgerRetention('the embedded database', embedded);
describeLedgerRetention('Postgres', onPostgres, missing);

describe('createPostgresLedger', () => {
  const binding = { identity: { chainId: 1, genesis: '00'.repeat(32) }, contractId: `${OPERATOR}.energy-grid` };

  test('error: nothing answers', async () => {
    const url = 'postgres://user:hunter2@127.0.0.1:1/bot';
    const opening = createPostgresLedger({ log: collectingLog() }, { url, binding });
    await expect(opening).rejects.toThrow(/^cannot use Postgres at 127\.0\.0\.1:1\/bot: (?!.*hunter2)/);
  });
});
