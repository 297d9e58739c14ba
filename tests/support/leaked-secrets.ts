import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { mnemonicToSeedSync } from '@scure/bip39';
import { Redis } from 'ioredis';

/** Something in which a secret may have been left. */
export interface Place {
  readonly name: string;
  readonly content: Buffer;
}

/** Places of one kind: an empty kind is a mistake of the search, not a clean bill. */
export interface Places {
  readonly kind: string;
  read(): AsyncIterable<Place>;
}

/** Where something was found, and in which form; never the secret itself, so that a report may be printed. */
export interface Leak {
  readonly secret: string;
  readonly form: string;
  readonly place: string;
}

export interface LeakReport {
  readonly leaks: readonly Leak[];
  /** Places searched, by kind. */
  readonly searched: Readonly<Record<string, number>>;
}

/**
 * Looks for secrets (by name: private keys of 64 or 66 hex digits, recovery phrases, anything else is a password) in every
 * form that text or bytes may take on their way into a file, a row, a log or an error.
 */
export async function findLeaks(
  secrets: Readonly<Record<string, string>>,
  ...kinds: readonly Places[]
): Promise<LeakReport> {
  const wanted = Object.entries(secrets).flatMap(([secret, text]) =>
    [...formsOf(text)].map(([form, needle]) => ({ secret, form, needle })),
  );
  if (wanted.length === 0) throw new Error('expected secrets to look for, was given none');
  const leaks: Leak[] = [];
  const searched: Record<string, number> = {};
  for (const { kind, read } of kinds) {
    let count = 0;
    for await (const { name, content } of read()) {
      count += 1;
      for (const { secret, form, needle } of wanted) {
        if (content.includes(needle)) leaks.push({ secret, form, place: `${kind}: ${name}` });
      }
    }
    if (count === 0) throw new Error(`expected ${kind} to search in, found none`);
    searched[kind] = (searched[kind] ?? 0) + count;
  }
  return { leaks, searched };
}

const KEY = /^[0-9a-f]{64}(01)?$/i;

/** The needles of a secret by the name of their form. */
export function formsOf(secret: string): ReadonlyMap<string, Buffer> {
  const words = secret.trim().split(/\s+/);
  if (KEY.test(secret)) return keyForms(Buffer.from(secret.slice(0, 64), 'hex'));
  if (words.length >= 12) return phraseForms(words);
  return textForms('text', secret);
}

function keyForms(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const hex = bytes.toString('hex');
  const pairs = hex.match(/../g) ?? [];
  return new Map([
    ...textForms('hex', hex),
    ['HEX', Buffer.from(hex.toUpperCase())],
    ...byteForms('bytes', bytes),
    ['list', Buffer.from(bytes.join(','))],
    ['spaced list', Buffer.from(bytes.join(', '))],
    ['lined list', Buffer.from(bytes.join(',\n'))],
    // As Node prints an array of numbers: in columns.
    ['table', Buffer.from(inspect([...bytes]).split('\n')[1] ?? '')],
    ['spaced hex', Buffer.from(pairs.join(' '))],
    ['colon hex', Buffer.from(pairs.join(':'))],
    ['number', Buffer.from(BigInt(`0x${hex}`).toString())],
    ['wallet import format', Buffer.from(walletImportFormat(bytes, [0x01]))],
    ['wallet import format, uncompressed', Buffer.from(walletImportFormat(bytes, []))],
  ]);
}

/** Four words in a row are no chance; fewer may be. */
const RUN = 4;

function phraseForms(words: readonly string[]): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>();
  for (const [name, separator] of Object.entries({ spaces: ' ', lines: '\n', commas: ',', JSON: '","' })) {
    for (let from = 0; from + RUN <= words.length; from += RUN) {
      const run = words.slice(from, from + RUN).join(separator);
      const at = `words ${from + 1} to ${from + RUN}, by ${name}`;
      for (const [form, needle] of name === 'spaces' ? textForms(at, run) : [[at, Buffer.from(run)] as const]) {
        forms.set(form, needle);
      }
    }
  }
  for (const [form, needle] of keyForms(Buffer.from(mnemonicToSeedSync(words.join(' '))))) {
    forms.set(`seed, ${form}`, needle);
  }
  return forms;
}

function textForms(name: string, text: string): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>([
    [name, Buffer.from(text)],
    [`${name}, UTF-16`, Buffer.from(text, 'utf16le')],
    [`${name}, as JSON`, Buffer.from(JSON.stringify(text).slice(1, -1))],
    [`${name}, as a URL`, Buffer.from(encodeURIComponent(text))],
  ]);
  for (const [form, needle] of byteForms(name, Buffer.from(text))) if (!forms.has(form)) forms.set(form, needle);
  return forms;
}

/** Raw, in hex and in base64 at each of the three offsets at which it may stand within something longer. */
function byteForms(name: string, bytes: Buffer): ReadonlyMap<string, Buffer> {
  const forms = new Map<string, Buffer>([
    [name, bytes],
    [`${name}, in hex`, Buffer.from(bytes.toString('hex'))],
  ]);
  for (const offset of [0, 1, 2]) {
    const around = Buffer.concat([Buffer.alloc(offset), bytes]);
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((around.length * 8) / 6);
    for (const alphabet of ['base64', 'base64url'] as const) {
      forms.set(`${name}, in ${alphabet} at ${offset}`, Buffer.from(around.toString(alphabet).slice(from, to)));
    }
  }
  return forms;
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Base58Check of version 0x80, the key and what marks its public key as compressed. */
function walletImportFormat(key: Buffer, suffix: readonly number[]): string {
  const hash = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  const payload = Buffer.concat([Buffer.of(0x80), key, Buffer.from(suffix)]);
  let number = BigInt(`0x${Buffer.concat([payload, hash(hash(payload)).subarray(0, 4)]).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = `${BASE58[Number(number % 58n)]}${text}`;
  return text;
}

/** Every file under the folders, whatever it is called. */
export const filesUnder = (...folders: readonly string[]): Places => ({
  kind: 'files',
  async *read() {
    for (const folder of folders) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (!entry.isFile()) continue;
        const content = await readFile(file).catch(() => null);
        // Gone since it was listed, as a journal's segment may be.
        if (content === null && (await stat(file).catch(() => null)) === null) continue;
        if (content === null) throw new Error(`expected to be able to read ${file}`);
        yield { name: file, content };
      }
    }
  },
});

/** What was printed, logged or thrown, by name. An error is searched with its causes, its stack and all it holds. */
export const saidThings = (things: Readonly<Record<string, unknown>>): Places => ({
  kind: 'said',
  async *read() {
    for (const [name, thing] of Object.entries(things)) {
      const unbounded = { depth: null, maxArrayLength: null, maxStringLength: null, breakLength: Infinity } as const;
      const options = { ...unbounded, showHidden: true, compact: true };
      const text = typeof thing === 'string' ? thing : `${inspect(thing, options)}\n${asJson(thing)}`;
      yield { name, content: Buffer.from(text) };
    }
  },
});

const asJson = (thing: unknown): string =>
  JSON.stringify(thing, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '';

/** Anything that answers SQL: a pool of Postgres or PGlite. */
export interface SqlDatabase {
  query(sql: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Every row of every table, in every schema, and the text of every function, view and setting of the database. */
export const rowsOf = (database: SqlDatabase): Places => ({
  kind: 'rows',
  async *read() {
    const tables = await database.query(`
      SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`);
    for (const { name } of tables.rows as readonly { readonly name: string }[]) {
      const { rows } = await database.query(
        `SELECT row_to_json(one)::text AS plain, one::text AS raw FROM ${name} one`,
      );
      for (const [index, row] of (rows as readonly { readonly plain: string; readonly raw: string }[]).entries()) {
        yield { name: `${name} ${index + 1}`, content: Buffer.from(`${row.plain}\n${row.raw}`) };
      }
    }
    const { rows } = await database.query(`
      SELECT pg_get_functiondef(p.oid) AS text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind IN ('f', 'p')
      UNION ALL SELECT description FROM pg_description WHERE objoid >= 16384
      UNION ALL SELECT query FROM pg_stat_activity WHERE query IS NOT NULL`);
    for (const [index, { text }] of (rows as readonly { readonly text: string }[]).entries()) {
      yield { name: `catalogue ${index + 1}`, content: Buffer.from(text) };
    }
  },
});

/** Every key of every database of a Redis server, with all that it holds. */
export const keysOfRedis = (url: string): Places => ({
  kind: 'Redis keys',
  async *read() {
    const client = new Redis(url);
    try {
      for (const [, index = '0'] of (await client.info('keyspace')).matchAll(/^db(\d+):/gm)) {
        await client.select(Number(index));
        for await (const keys of client.scanBufferStream() as AsyncIterable<Buffer[]>) {
          for (const key of keys)
            yield { name: `${index} ${key}`, content: Buffer.concat([key, ...(await contentOf(client, key))]) };
        }
      }
    } finally {
      client.disconnect();
    }
  },
});

/** How all of a value is read, by its type: the command, and what follows the key. */
const readers: Readonly<Record<string, readonly [command: string, ...rest: string[]]>> = {
  string: ['GET'],
  list: ['LRANGE', '0', '-1'],
  set: ['SMEMBERS'],
  zset: ['ZRANGE', '0', '-1'],
  hash: ['HGETALL'],
  stream: ['XRANGE', '-', '+'],
};

async function contentOf(client: Redis, key: Buffer): Promise<readonly Buffer[]> {
  const type = await client.type(key);
  // Expired since it was listed.
  if (type === 'none') return [];
  const [command, ...rest] = readers[type] ?? [];
  if (command === undefined) throw new Error(`expected a type of Redis that can be searched, was ${type}`);
  return flat(await client.callBuffer(command, key, ...rest));
}

const flat = (reply: unknown): Buffer[] => {
  if (Array.isArray(reply)) return reply.flatMap(flat);
  return Buffer.isBuffer(reply) ? [reply, Buffer.from('\n')] : [];
};

/** What anyone of the same user can read of running processes: their arguments and the environment they began with. */
export const processesOf = (pids: readonly number[]): Places => ({
  kind: 'processes',
  async *read() {
    for (const pid of pids) {
      for (const part of ['cmdline', 'environ'] as const) {
        yield { name: `${pid} ${part}`, content: await readFile(`/proc/${pid}/${part}`) };
      }
    }
  },
});

/** A process and all that it has started, and these in turn. */
export async function familyOf(pid: number): Promise<readonly number[]> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(/\s+/).filter(Boolean);
  const families = await Promise.all(children.map((child) => familyOf(Number(child))));
  return [pid, ...families.flat()];
}
