import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { CorruptionError, type FatalError } from '../../core/index.ts';
import { lockFolder } from './folder-lock.ts';
import { startPglite } from './pglite.ts';
import { EmbeddedPool } from './pool.ts';
import { emptyDatabaseArchive, placeEmptyDatabase } from './template.ts';

/** A Postgres inside this process, shared by queue and ledger. */
export interface EmbeddedDatabase {
  readonly pool: EmbeddedPool;
  /** Null for one that lives in memory. */
  readonly folder: string | null;
  /**
   * Gives back the room of deleted rows and of the log of writes. A server does so by itself; here both would grow for
   * as long as the process lives. Other users of the database wait meanwhile.
   */
  compact(): Promise<void>;
  /** Closes it and gives the folder back; queue and ledger must be closed before. */
  close(): Promise<void>;
}

export interface OpenEmbeddedDatabaseOptions {
  /** Told once when another process took the folder: stop at once. */
  readonly onLockLost?: (error: FatalError) => void;
}

/**
 * Opens the database of a data folder, which one process can have at a time. The first start takes some seconds.
 *
 * @throws ConfigError when another process has the folder; CorruptionError when the files in it cannot be opened.
 */
export async function openEmbeddedDatabase(
  folder: string,
  { onLockLost = () => undefined }: OpenEmbeddedDatabaseOptions = {},
): Promise<EmbeddedDatabase> {
  const release = await lockFolder(folder, onLockLost);
  try {
    const path = join(folder, 'database');
    await placeEmptyDatabase(path);
    return wrap(await startPglite({ dataDir: path }), folder, release);
  } catch (cause) {
    await release();
    throw new CorruptionError(`cannot open the database in data folder "${folder}"`, {
      cause,
      hints: ['Restore the folder from a backup; on the embedded chain, --fresh begins anew.'],
    });
  }
}

/** A database that is gone when it is closed. */
export async function openMemoryDatabase(): Promise<EmbeddedDatabase> {
  const archive = await emptyDatabaseArchive();
  return wrap(await startPglite(archive === null ? {} : { loadDataDir: archive }), null, async () => undefined);
}

function wrap(database: PGlite, folder: string | null, release: () => Promise<void>): EmbeddedDatabase {
  return {
    pool: new EmbeddedPool(database),
    folder,
    async compact() {
      await database.exec('VACUUM');
      await database.exec('CHECKPOINT');
    },
    async close() {
      if (!database.closed) await database.close();
      await release();
    },
  };
}
