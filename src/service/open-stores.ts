import { createHash } from 'node:crypto';
import { CorruptionError, type FatalError, type Log } from '../core/index.ts';
import type { LedgerBinding, LedgerPort, QueuePort } from '../execution/index.ts';
import {
  createPgliteLedger,
  createPgliteQueue,
  createPostgresLedger,
  createRedisQueue,
  type EmbeddedDatabase,
  lockFolder,
  openEmbeddedDatabase,
  openMemoryDatabase,
} from '../storage/index.ts';
import { redactUrl } from './config/index.ts';

export interface StoreOptions {
  readonly redisUrl: string | null;
  readonly databaseUrl: string | null;
  /** The data folder of the embedded database; null keeps it in memory. */
  readonly folder: string | null;
  readonly binding: LedgerBinding;
  /** Of the ledger. */
  readonly schema: string;
  /** Discards what the ledger holds. */
  readonly fresh: boolean;
  readonly onLockLost: (error: FatalError) => void;
}

/** Of the ledger of a config; the demo has another, so that it never touches a real one. */
export const LEDGER_SCHEMA = 'wattmaker';

/** Where the queue and the ledger are, for people. */
export interface Stores {
  readonly queue: QueuePort;
  readonly ledger: LedgerPort;
  readonly queueAt: string;
  readonly ledgerAt: string;
  /** Whether no other process can use the ledger: it lives in the locked folder, or in memory. */
  readonly exclusive: boolean;
  /** Gives back the room of deleted rows where nothing else does: in the embedded database. */
  compact(): Promise<void>;
  close(options: { readonly deadlineMs: number }): Promise<void>;
}

/** Bots of different chains or contracts may share a Redis server: their keys begin differently. */
const queuePrefix = ({ identity, contractId }: LedgerBinding): string =>
  `wattmaker-${createHash('sha256').update(`${identity.genesis} ${contractId}`).digest('hex').slice(0, 12)}`;

/**
 * Opens queue and ledger: Redis and Postgres where their URLs are given, else the embedded database for either or both.
 *
 * @throws ConfigError when a server does not answer, the folder is taken, or the ledger belongs to another chain.
 */
export async function openStores({ log }: { readonly log: Log }, options: StoreOptions): Promise<Stores> {
  const { redisUrl, databaseUrl, folder, binding } = options;
  // Redis first: it answers, or not, before the embedded database is up.
  const redis =
    redisUrl === null ? null : await createRedisQueue({ log }, { url: redisUrl, prefix: queuePrefix(binding) });
  let home: Home | null = null;
  let opened: LedgerPort | null = null;
  try {
    home = await openHome(options, { withDatabase: redis === null || databaseUrl === null });
    const { database, close } = home;
    const ledger = await ledgerIn(home, { log }, options);
    opened = ledger;
    const queue = redis ?? (await createPgliteQueue({ database: present(database), log }));
    const embeddedAt = folder === null ? 'memory' : `embedded database in ${folder}`;
    return {
      queue,
      ledger,
      queueAt: redisUrl === null ? embeddedAt : redactUrl(redisUrl),
      ledgerAt: databaseUrl === null ? embeddedAt : redactUrl(databaseUrl),
      exclusive: databaseUrl === null,
      compact: async () => database?.compact(),
      async close({ deadlineMs }) {
        await queue.close({ deadlineMs });
        await ledger.close();
        await close();
      },
    };
  } catch (error) {
    await redis?.close({ deadlineMs: 0 });
    await opened?.close();
    await home?.close();
    throw error;
  }
}

export interface OpenedLedger {
  readonly ledger: LedgerPort;
  close(): Promise<void>;
}

/** @throws ConfigError as `openStores`. */
export async function openLedger(
  { log }: { readonly log: Log },
  options: Omit<StoreOptions, 'redisUrl'>,
): Promise<OpenedLedger> {
  const home = await openHome(options, { withDatabase: options.databaseUrl === null });
  try {
    const ledger = await ledgerIn(home, { log }, options);
    return {
      ledger,
      async close() {
        await ledger.close();
        await home.close();
      },
    };
  } catch (error) {
    await home.close();
    throw error;
  }
}

/** The data folder, locked also where servers hold queue and ledger: the control token in it is one bot's. */
interface Home {
  /** Null where nothing needs it: it takes seconds to start. */
  readonly database: EmbeddedDatabase | null;
  close(): Promise<void>;
}

async function openHome(
  { folder, onLockLost }: Pick<StoreOptions, 'folder' | 'onLockLost'>,
  { withDatabase }: { readonly withDatabase: boolean },
): Promise<Home> {
  if (!withDatabase) {
    const release = folder === null ? async () => {} : await lockFolder(folder, onLockLost);
    return { database: null, close: release };
  }
  const database = folder === null ? await openMemoryDatabase() : await openEmbeddedDatabase(folder, { onLockLost });
  return { database, close: () => database.close() };
}

const ledgerIn = (
  { database }: Home,
  { log }: { readonly log: Log },
  { databaseUrl, ...options }: Pick<StoreOptions, 'databaseUrl' | 'binding' | 'schema' | 'fresh'>,
): Promise<LedgerPort> =>
  databaseUrl === null
    ? createPgliteLedger({ database: present(database) }, options)
    : createPostgresLedger({ log }, { url: databaseUrl, ...options });

function present(database: EmbeddedDatabase | null): EmbeddedDatabase {
  if (database === null) throw new CorruptionError('expected the embedded database to be open');
  return database;
}
