import pg from 'pg';

/** How a statement that is to be prepared begins: with its name in a comment. */
const NAMED = /^\s*\/\* (\w+) \*\//;

type Query = (text: unknown, values?: unknown, callback?: unknown) => unknown;

/**
 * A connection on which statements that begin with a name are prepared once: for those that a transaction of ours makes,
 * planning costs the server more than running them.
 */
export class PreparingClient extends pg.Client {
  override query = ((text, values, callback) => {
    const name = typeof text === 'string' ? NAMED.exec(text)?.[1] : undefined;
    const query = super.query as Query;
    return query.call(this, name === undefined ? text : { name, text }, values, callback);
  }) as Query as pg.Client['query'];
}
