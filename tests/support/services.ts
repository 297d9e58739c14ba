import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

/** A server that tests may use: one that the environment names, or one that was started for them. */
export interface Service {
  readonly url: string;
  /** Stops a server that was started here. */
  stop(): Promise<void>;
}

/** What a test file gets: a service, or the reason for which its tests are skipped. */
export type ServiceOrReason = Service | { readonly missing: string };

/** A server that was started here, and that may die and come back. */
export interface OwnServer extends Service {
  /** Kills it in the middle of whatever it does and starts it again on the same port, with what it had on the disk. */
  crash(): Promise<void>;
}

/** Redis at REDIS_URL, else a `redis-server` of the PATH on a free port. */
export const redisService = (): Promise<ServiceOrReason> => provide('Redis', process.env.REDIS_URL, startRedis);

/** Postgres at DATABASE_URL, else a `postgres` of the PATH in a fresh cluster on a free port. */
export const postgresService = (): Promise<ServiceOrReason> =>
  provide('Postgres', process.env.DATABASE_URL, startPostgres);

/** A Redis of its own from a `redis-server` of the PATH, which keeps what it has in an append-only file. */
export async function startRedis(): Promise<OwnServer | { readonly missing: string }> {
  const binary = onPath('redis-server');
  if (binary === undefined) return { missing: 'there is no redis-server on the PATH' };
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''];
  return ownServer(folder, {
    url,
    spawn: () => spawn(binary, args, { stdio: 'ignore' }),
    async probe() {
      const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } finally {
        client.disconnect();
      }
    },
  });
}

/** A Postgres of its own from a `postgres` of the PATH, in a fresh cluster. */
export async function startPostgres(): Promise<OwnServer | { readonly missing: string }> {
  const binary = onPath('postgres');
  if (binary === undefined) return { missing: 'there is no postgres on the PATH' };
  const initdb = [join(dirname(realpathSync(binary)), 'initdb'), onPath('initdb')].find(
    (path) => path && existsSync(path),
  );
  if (initdb === undefined) return { missing: 'there is no initdb beside postgres' };
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-postgres-'));
  const asUser = await unprivileged(folder);
  if (asUser === undefined) return { missing: 'Postgres refuses to run as root and there is no user "postgres"' };
  const data = join(folder, 'data');
  const port = await freePort();
  const command = (file: string, args: string[]): [string, string[]] => {
    const [first = file, ...rest] = [...asUser, file, ...args];
    return [first, rest];
  };
  await run(...command(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']));
  const settings = ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return ownServer(folder, {
    url,
    spawn: () => spawn(...command(binary, ['-D', data, '-p', String(port), ...settings]), { stdio: 'ignore' }),
    async probe() {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      await client.end();
    },
  });
}

interface ServerParts {
  readonly url: string;
  readonly spawn: () => ChildProcess;
  /** Throws while the server does not answer. */
  readonly probe: () => Promise<void>;
}

async function ownServer(folder: string, { url, spawn: begin, probe }: ServerParts): Promise<OwnServer> {
  let server = begin();
  const stop = async (): Promise<void> => {
    await end(server);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  // On a busy machine a Postgres that was killed takes half a minute to come back.
  const untilItAnswers = (): Promise<void> => eventually(probe, { timeoutMs: 60_000, intervalMs: 50 });
  try {
    await untilItAnswers();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    stop,
    async crash() {
      // Postgres ends at once on SIGQUIT and recovers at its next start, as after a power failure; Redis dies of it.
      await end(server);
      server = begin();
      await untilItAnswers();
    },
  };
}

async function provide(
  name: string,
  url: string | undefined,
  start: () => Promise<ServiceOrReason>,
): Promise<ServiceOrReason> {
  if (url) return { url, stop: async () => undefined };
  const service = await start();
  if ('missing' in service) {
    const reason = `no URL of a ${name} is set and ${service.missing}`;
    if (process.env.REQUIRE_SERVICES === '1') throw new Error(`REQUIRE_SERVICES is set, but ${reason}`);
    console.warn(`skipping the tests on ${name}: ${reason}`);
  }
  return service;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGQUIT');
  const timer = setTimeout(() => server.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(timer);
}

/** The words to put before a command so that it does not run as root, after giving it the folder. */
async function unprivileged(folder: string): Promise<readonly string[] | undefined> {
  if (process.getuid?.() !== 0) return [];
  try {
    const ids = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
    );
    const [uid = 0, gid = 0] = ids;
    await chown(folder, uid, gid);
    return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig=QUIT'];
  } catch {
    return undefined;
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
