import { PGlite, type PGliteOptions } from '@electric-sql/pglite';

/**
 * What a bot's ledger and queue need. Every start fills these buffers with zeros: the usual 128 MB cost as much time as all
 * else that an open does, and stay in memory.
 */
const SETTINGS = ['shared_buffers=16MB'];

/** A Postgres in this process, ready for statements. */
export function startPglite(options: PGliteOptions): Promise<PGlite> {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  return PGlite.create({ ...options, startParams: [...PGlite.defaultStartParams, ...settings] });
}
