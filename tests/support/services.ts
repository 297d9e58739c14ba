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

/** Redis at REDIS_URL, else a `redis-server` of the PATH on a free port. */
export function redisService(): Promise<ServiceOrReason> {
  return provide('Redis', process.env.REDIS_URL, async () => {
    const binary = onPath('redis-server');
    if (binary === undefined) return { missing: 'REDIS_URL is not set and there is no redis-server on the PATH' };
    const folder = await mkdtemp(join(tmpdir(), 'wattmaker-redis-'));
    const port = await freePort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes'];
    const server = spawn(binary, [...args, '--save', ''], { stdio: 'ignore' });
    const url = `redis://127.0.0.1:${port}`;
    const stop = () => end(server, folder);
    await answers(stop, async () => {
      const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } finally {
        client.disconnect();
      }
    });
    return { url, stop };
  });
}

/** Postgres at DATABASE_URL, else a `postgres` of the PATH in a fresh cluster on a free port. */
export function postgresService(): Promise<ServiceOrReason> {
  return provide('Postgres', process.env.DATABASE_URL, async () => {
    const binary = onPath('postgres');
    if (binary === undefined) return { missing: 'DATABASE_URL is not set and there is no postgres on the PATH' };
    const initdb = [join(dirname(realpathSync(binary)), 'initdb'), onPath('initdb')].find(
      (path) => path && existsSync(path),
    );
    if (initdb === undefined) return { missing: 'DATABASE_URL is not set and there is no initdb beside postgres' };
    const folder = await mkdtemp(join(tmpdir(), 'wattmaker-postgres-'));
    const asUser = await unprivileged(folder);
    if (asUser === undefined) return { missing: 'Postgres refuses to run as root and there is no user "postgres"' };
    const data = join(folder, 'data');
    const port = await freePort();
    const command = (file: string, args: string[]): [string, string[]] => {
      const [first = file, ...rest] = [...asUser, file, ...args];
      return [first, rest];
    };
    await run(
      ...command(initdb, ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C']),
    );
    const settings = ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`];
    const server = spawn(...command(binary, ['-D', data, '-p', String(port), ...settings]), { stdio: 'ignore' });
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const stop = () => end(server, folder);
    await answers(stop, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.end();
    });
    return { url, stop };
  });
}

async function provide(
  name: string,
  url: string | undefined,
  start: () => Promise<ServiceOrReason>,
): Promise<ServiceOrReason> {
  if (url) return { url, stop: async () => undefined };
  const service = await start();
  if ('missing' in service) {
    if (process.env.REQUIRE_SERVICES === '1') throw new Error(`REQUIRE_SERVICES is set, but ${service.missing}`);
    console.warn(`skipping the tests on ${name}: ${service.missing}`);
  }
  return service;
}

async function answers(stop: () => Promise<void>, probe: () => Promise<void>): Promise<void> {
  try {
    await eventually(probe, { timeoutMs: 20_000, intervalMs: 50 });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const exited = new Promise((resolve) => server.once('exit', resolve));
    // Postgres ends at once on SIGQUIT, Redis on any signal.
    server.kill('SIGQUIT');
    const timer = setTimeout(() => server.kill('SIGKILL'), 3_000);
    await exited;
    clearTimeout(timer);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
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
