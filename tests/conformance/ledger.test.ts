import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { TransientError } from '../../src/core/index.ts';
import { createPgliteLedger, createPostgresLedger, openMemoryDatabase } from '../../src/storage/index.ts';
import { createSqlLedger } from '../../src/storage/ledger/sql-ledger.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { eventually } from '../support/eventually.ts';
import { postgresService } from '../support/services.ts';
import { OPERATOR, planBuy } from '../support/trading-fixtures.ts';
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

  test.skipIf(missing !== null)('behavior: a slow machine may think longer between two migrations', async () => {
    const connectionString = 'missing' in postgres ? '' : postgres.url;
    // No process is as quick as that from one statement to the next.
    const pool = new pg.Pool({ connectionString, max: 1, idle_in_transaction_session_timeout: 1 });
    pool.on('connect', (client) => client.on('error', () => undefined));
    const schema = `slow_${process.pid}`;
    const ledger = await createSqlLedger({ pool }, { binding, schema });
    expect(await ledger.lanes()).toEqual([]);
    await ledger.close();
  });

  test.skipIf(missing !== null)('behavior: claims whose nonce someone takes meanwhile take the next ones', async () => {
    const url = 'missing' in postgres ? '' : postgres.url;
    const schema = `taken_${process.pid}`;
    const ledger = await createPostgresLedger({ log: collectingLog() }, { url, binding, schema });
    const lease = await ledger.acquireLanes({ lanes: [OPERATOR], holder: 'one', ttlMs: 60_000 });
    const ids = ['a', 'b'];
    await lease?.recordIntents({ planned: ids.map((id) => planBuy({ id })), at: 1 });
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    const stranger = await pool.connect();
    await stranger.query('BEGIN');
    await stranger.query(
      `INSERT INTO ${schema}.transactions (lane, nonce, state, call, entries, claimed_at, updated_at)
       VALUES ($1, 4, 'claimed', '{}', 0, 1, 1)`,
      [OPERATOR],
    );
    const call = { kind: 'cancelTradeFor', validUntil: 9n, entries: [] } as const;
    const claims = Promise.all(
      ids.map((id) => lease?.lanes[0]?.claim({ call, intentIds: [id], chainNonce: 4, window: 20, at: 2 })),
    );
    // They see nonce 4 as free, and wait for the row that has it.
    const waiting = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    await eventually(async () => expect((await pool.query(waiting)).rows[0].count).toBe(1));
    await stranger.query('COMMIT');
    expect(await claims).toMatchObject([{ transaction: { nonce: 5 } }, { transaction: { nonce: 6 } }]);
    stranger.release();
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
    await ledger.close();
  });

  // Postgres ends a connection that idles in a transaction for 3 s; nobody listens to it between two statements.
  test.skipIf(missing !== null)(
    'behavior: a process that is suspended in the middle of a write fails it and lives',
    {
      timeout: 30_000,
    },
    async () => {
      const url = 'missing' in postgres ? '' : postgres.url;
      const ledger = await createPostgresLedger(
        { log: collectingLog() },
        { url, binding, schema: `suspended_${process.pid}` },
      );
      const lease = await ledger.acquireLanes({ lanes: [OPERATOR], holder: 'one', ttlMs: 60_000 });
      const lane = lease?.lanes[0];
      const outcomes: unknown[] = [];
      for (let turns = 0; turns < 8; turns += 1) {
        const write = lane?.setHalt(null).catch((error: unknown) => error);
        // One more turn of the event loop each time, so that one of the writes is between two statements by then.
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        if (turns >= 2 && turns % 2 === 0) suspend(3_500);
        outcomes.push(await write);
      }
      expect(outcomes.some((outcome) => outcome instanceof TransientError)).toBe(true);
      await lane?.setHalt(null);
      expect((await ledger.lanes()).map(({ epoch }) => epoch)).toEqual([1]);
      await ledger.close();
    },
  );
});

/** Stands still, as a process does that is stopped. */
const suspend = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
