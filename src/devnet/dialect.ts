/** The three servers in one, by path: the node (`/v2`, `/v3`), the indexer (`/extended`), and the admin routes. */
export type Dialect = 'node' | 'indexer' | 'admin';

export function dialectOf(path: string): Dialect {
  if (/^\/v[23]\//.test(path)) return 'node';
  return /^\/admin(\/|\?|$)/.test(path) ? 'admin' : 'indexer';
}
