import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openMemoryDatabase } from '../../src/storage/index.ts';
import { eventually } from '../support/eventually.ts';
import {
  familyOf,
  filesUnder,
  findLeaks,
  formsOf,
  keysOfRedis,
  processesOf,
  rowsOf,
  type SqlDatabase,
  saidThings,
} from '../support/leaked-secrets.ts';
import { postgresService, redisService } from '../support/services.ts';

/** Known to everybody (the example of Bitcoin's wiki for its wallet import format), good for nothing but these tests. */
const key = '0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d';
const bytes = Buffer.from(key, 'hex');
const password = 'a "password" für tests';
const phrase =
  'twice kind fence tip hidden tilt action fragile skin nothing glory cousin green tomorrow spring wrist shed math olympic multiply hip blue scout claw';
const secrets = { key, password, phrase };

const [redis, postgres] = await Promise.all([redisService(), postgresService()]);
afterAll(async () => {
  for (const service of [redis, postgres]) if (!('missing' in service)) await service.stop();
});

const secretsFound = async (
  ...places: Parameters<typeof findLeaks> extends [unknown, ...infer Rest] ? Rest : never
) => [...new Set((await findLeaks(secrets, ...places)).leaks.map(({ secret }) => secret))];

describe('the forms of a secret', () => {
  test.each<[form: string, secret: keyof typeof secrets, leaked: string | Buffer]>([
    ['as it is', 'key', key],
    ['with the suffix of a compressed key', 'key', `${key}01`],
    ['in capitals', 'key', key.toUpperCase()],
    ['raw', 'key', bytes],
    ['in base64', 'key', bytes.toString('base64')],
    ['within a longer base64', 'key', Buffer.concat([Buffer.from('ab'), bytes, bytes]).toString('base64')],
    ['in base64 for URLs', 'key', bytes.toString('base64url')],
    ['in UTF-16', 'key', Buffer.from(key, 'utf16le')],
    ['its hex in base64', 'key', Buffer.from(`{"k":"${key}"}`).toString('base64')],
    ['its hex in hex', 'key', Buffer.from(key).toString('hex')],
    ['as a Buffer in JSON', 'key', JSON.stringify(bytes)],
    ['as a Buffer in an error', 'key', JSON.stringify(bytes, null, 2).replaceAll(/\n\s+/g, '\n')],
    ['as a number', 'key', String(BigInt(`0x${key}`))],
    ['as a number array that was printed', 'key', inspect(new Uint8Array(bytes))],
    ['as a Buffer that was printed', 'key', inspect(bytes)],
    ['with colons', 'key', key.replaceAll(/..(?=.)/g, '$&:')],
    ['in wallet import format', 'key', 'KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617'],
    ['in wallet import format, uncompressed', 'key', '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ'],
    ['as it is', 'password', `password=${password};`],
    ['in JSON', 'password', JSON.stringify({ password })],
    ['in a URL', 'password', `redis://:${encodeURIComponent(password)}@host`],
    ['in base64', 'password', Buffer.from(`user:${password}`).toString('base64')],
    ['as it is', 'phrase', phrase],
    ['a part of it', 'phrase', phrase.split(' ').slice(4, 8).join(' ')],
    ['a line a word', 'phrase', phrase.replaceAll(' ', '\n')],
    ['as a list', 'phrase', JSON.stringify(phrase.split(' '))],
  ])('%s is found (%s)', async (_, secret, leaked) => {
    const content = Buffer.from(leaked);
    expect([...formsOf(secrets[secret])].filter(([, needle]) => content.includes(needle))).not.toEqual([]);
  });

  test('are none of an address, of another key, or of nothing', () => {
    const innocent = Buffer.from(`ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM ${'ab'.repeat(32)} password phrase`);
    const needles = Object.values(secrets).flatMap((secret) => [...formsOf(secret).values()]);
    expect(needles.length).toBeGreaterThan(60);
    expect(needles.every((needle) => needle.length >= 16)).toBe(true);
    expect(needles.filter((needle) => innocent.includes(needle))).toEqual([]);
  });
});

describe('the places', () => {
  const toUndo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const undo of toUndo.splice(0).reverse()) await undo();
  });

  test('files, however deep, with or without a name that tells', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leaks-'));
    toUndo.push(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await writeFile(join(folder, 'a', 'b', 'log.txt'), 'nothing');
    expect(await secretsFound(filesUnder(folder))).toEqual([]);
    await writeFile(join(folder, 'a', 'b', '.hidden'), Buffer.concat([Buffer.alloc(70_000), bytes, Buffer.alloc(9)]));
    const { leaks, searched } = await findLeaks(secrets, filesUnder(folder));
    expect(leaks).toEqual([{ secret: 'key', form: 'bytes', place: expect.stringMatching(/^files: .*\/\.hidden$/) }]);
    expect(searched).toEqual({ files: 2 });
    expect(JSON.stringify(leaks)).not.toContain(key);
  });

  test('what was printed and thrown, down to the cause of a cause', async () => {
    const said = (thing: unknown) => secretsFound(saidThings({ thing, other: 'nothing' }));
    expect(await said(new Error('refused', { cause: { nonce: 7n } }))).toEqual([]);
    expect(await said(`{"level":50,"msg":"${key}"}\n`)).toEqual(['key']);
    const cause = Object.assign(new Error('inner'), { context: { list: [phrase] } });
    expect(await said(new Error('outer', { cause: new Error('middle', { cause }) }))).toEqual(['phrase']);
    expect(await said({ bytes: new Uint8Array(bytes) })).toEqual(['key']);
    expect(await said(Object.defineProperty({}, 'hidden', { value: password, enumerable: false }))).toEqual([
      'password',
    ]);
  });

  test('environment and arguments of a process and of its children', async () => {
    const start = (env: Record<string, string>, ...args: string[]) => {
      // The shell stays the parent of what it starts.
      const child = spawn('sh', ['-c', 'sleep 60; true', ...args], { env: { PATH: process.env.PATH, ...env } });
      toUndo.push(async () => {
        for (const pid of (await familyOf(child.pid ?? 0)).toReversed()) process.kill(pid, 'SIGKILL');
      });
      return eventually(async () => {
        const pids = await familyOf(child.pid ?? 0);
        expect(pids).toHaveLength(2);
        return pids;
      });
    };
    expect(await secretsFound(processesOf(await start({ HOME: '/nowhere' })))).toEqual([]);
    expect(await secretsFound(processesOf(await start({}, `--key=${key}`)))).toEqual(['key']);
    const [, child = 0] = await start({ WATTMAKER_KEY_BOT: phrase });
    expect(await secretsFound(processesOf([child]))).toEqual(['phrase']);
  });

  async function expectRowsToBeSearched(database: SqlDatabase, run: (sql: string) => Promise<unknown>): Promise<void> {
    await run(`CREATE SCHEMA elsewhere; CREATE TABLE elsewhere."Odd name" (id int, note text, blob bytea, doc jsonb)`);
    await run(`INSERT INTO elsewhere."Odd name" VALUES (1, 'nothing', NULL, '{}')`);
    expect(await secretsFound(rowsOf(database))).toEqual([]);
    const planted: [secret: string, column: string, value: string][] = [
      ['key', 'note', `'nonce 7, key ${key}'`],
      ['key', 'blob', `'\\x00ff${key}'`],
      ['key', 'blob', `convert_to('${key}', 'UTF8')`],
      ['password', 'doc', `'${JSON.stringify({ deep: [password] })}'`],
      // So long that Postgres compresses it on its disk, where a search of its files would not see it.
      ['phrase', 'note', `repeat('filler ', 2000) || '${phrase}' || repeat('filler ', 2000)`],
    ];
    for (const [secret, column, value] of planted) {
      await run(`UPDATE elsewhere."Odd name" SET note = NULL, blob = NULL, doc = NULL`);
      await run(`UPDATE elsewhere."Odd name" SET ${column} = ${value}`);
      expect(await secretsFound(rowsOf(database)), value).toEqual([secret]);
    }
  }

  test('rows of the embedded database', { timeout: 120_000 }, async () => {
    const database = await openMemoryDatabase();
    toUndo.push(() => database.close());
    await expectRowsToBeSearched(database.pool, async (sql) => {
      for (const one of sql.split('; ')) await database.pool.query(one);
    });
  });

  test.skipIf('missing' in postgres)('rows of Postgres', async () => {
    const pool = new pg.Pool({ connectionString: 'missing' in postgres ? '' : postgres.url });
    toUndo.push(() => pool.end());
    await pool.query('DROP SCHEMA IF EXISTS elsewhere CASCADE');
    toUndo.push(() => pool.query('DROP SCHEMA IF EXISTS elsewhere CASCADE'));
    await expectRowsToBeSearched(pool, (sql) => pool.query(sql));
  });

  test.skipIf('missing' in redis)('keys of Redis, in every database and of every type', async () => {
    const url = 'missing' in redis ? '' : redis.url;
    const client = new Redis(url);
    toUndo.push(async () => {
      for (const index of [0, 3]) {
        await client.select(index);
        await client.del('plant', `plant-${key}`, 'innocent');
      }
      client.disconnect();
    });
    await client.set('innocent', 'nothing');
    expect(await secretsFound(keysOfRedis(url))).toEqual([]);
    const plants: [secret: string, plant: () => Promise<unknown>][] = [
      ['key', () => client.set('plant', bytes)],
      ['key', () => client.set(`plant-${key}`, '1')],
      ['password', () => client.hset('plant', { field: JSON.stringify({ password }) })],
      ['key', () => client.hset('plant', { [key]: 'a field by its name' })],
      ['phrase', () => client.rpush('plant', 'first', phrase)],
      ['key', () => client.sadd('plant', key)],
      ['key', () => client.zadd('plant', 1, key)],
      ['password', () => client.xadd('plant', '*', 'data', password)],
    ];
    for (const index of [0, 3]) {
      await client.select(index);
      for (const [secret, plant] of plants) {
        await plant();
        expect(await secretsFound(keysOfRedis(url)), String(plant)).toEqual([secret]);
        await client.del('plant', `plant-${key}`);
      }
    }
  });

  test('error: a kind of place in which there is nothing to search is no clean bill', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leaks-'));
    toUndo.push(() => rm(folder, { recursive: true }));
    await expect(findLeaks(secrets, filesUnder(folder))).rejects.toThrow('expected files to search in, found none');
    await expect(findLeaks({}, saidThings({ a: 'b' }))).rejects.toThrow('expected secrets to look for');
    await expect(findLeaks(secrets, filesUnder(join(folder, 'absent')))).rejects.toThrow(/ENOENT/);
  });
});
