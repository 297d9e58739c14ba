import { access, constants, mkdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { redactUrl } from '../config/index.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const CONNECT_MS = 5_000;

/** Checks that Redis answers, is new enough, never evicts, and keeps what it is told. */
export async function checkRedis(url: string): Promise<Finding[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => {});
  const where = redactUrl(url);
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '0';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const setting = async (name: string): Promise<string | null> => {
      const answer = (await redis.config('GET', name).catch(() => null)) as readonly string[] | null;
      return answer?.[1] ?? null;
    };
    const policy = await setting('maxmemory-policy');
    const aof = await setting('appendonly');
    return [
      major > 6 || (major === 6 && minor >= 2)
        ? ok('Redis', `${version} at ${where}`)
        : fail('Redis', `${version} at ${where} is too old`, 'install Redis 6.2 or newer'),
      policy === null
        ? warn('Redis eviction', 'the server does not tell its policy', 'make sure that it is noeviction')
        : policy === 'noeviction'
          ? ok('Redis eviction', policy)
          : fail('Redis eviction', `${policy}: jobs could vanish`, 'set maxmemory-policy noeviction'),
      aof === 'yes'
        ? ok('Redis persistence', 'append-only file')
        : warn(
            'Redis persistence',
            'no append-only file: after a crash the queue is rebuilt from the ledger',
            'set appendonly yes',
          ),
    ];
  } catch (error) {
    return [
      fail(
        'Redis',
        `${where} does not answer: ${(error as Error).message}`,
        'check REDIS_URL and that the server is up',
      ),
    ];
  } finally {
    redis.disconnect();
  }
}

/** Checks that Postgres lets us in and is new enough. */
export async function checkPostgres(url: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => {});
  const where = redactUrl(url);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string; server_version_num: string }>(
      "SELECT current_setting('server_version') AS server_version, current_setting('server_version_num') AS server_version_num",
    );
    const [row] = rows;
    return [
      Number(row?.server_version_num) >= 140_000
        ? ok('Postgres', `${row?.server_version} at ${where}`)
        : fail('Postgres', `${row?.server_version} at ${where} is too old`, 'install Postgres 14 or newer'),
    ];
  } catch (error) {
    return [
      fail(
        'Postgres',
        `${where} does not let us in: ${(error as Error).message}`,
        'check DATABASE_URL and that the server is up',
      ),
    ];
  } finally {
    await client.end().catch(() => {});
  }
}

/** Checks that the data folder can be written. */
export async function checkFolder(folder: string): Promise<Finding[]> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return [ok('data folder', folder)];
  } catch (error) {
    return [
      fail(
        'data folder',
        `${folder} cannot be written: ${(error as Error).message}`,
        'mend its owner and mode, or set data',
      ),
    ];
  }
}
