import { EventEmitter } from 'node:events';
import type { PGlite, Results } from '@electric-sql/pglite';
import { Mutex } from './mutex.ts';

type Command = 'UPDATE' | 'DELETE' | 'INSERT' | 'SELECT' | 'MERGE';

export interface PoolResult<Row> {
  readonly command: Command;
  readonly rowCount: number;
  readonly rows: Row[];
}

const COMMENTS = /^(\s*--[^\n]*\n)*\s*/;

/**
 * PGlite in the shape of a `pg` pool, which is all that BullMQ and Kysely know of Postgres.
 *
 * The one session that PGlite has is shared: a client that opened a transaction keeps the others waiting until it ends.
 * `LISTEN` must go through PGlite's own `listen`, else notifications reach nobody.
 */
export class EmbeddedPool extends EventEmitter {
  readonly #database: PGlite;
  readonly #session = new Mutex();
  /** Notifications have no socket that could drop unnoticed, so workers need not poll as if they had. */
  readonly options = { keepAlive: true };

  constructor(database: PGlite) {
    super();
    // Every queue and worker listens for errors.
    this.setMaxListeners(0);
    this.#database = database;
  }

  async connect(): Promise<EmbeddedClient> {
    await this.#database.waitReady;
    return new EmbeddedClient(this.#database, this.#session);
  }

  async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<PoolResult<Row>> {
    const client = await this.connect();
    try {
      return await client.query<Row>(sql, parameters);
    } finally {
      await client.release();
    }
  }

  /** The database outlives the pools made of it; whoever opened it closes it. */
  async end(): Promise<void> {}
}

export class EmbeddedClient extends EventEmitter {
  readonly #database: PGlite;
  readonly #session: Mutex;
  readonly #channels = new Map<string, () => Promise<void>>();
  #leaveTransaction: (() => void) | undefined;

  constructor(database: PGlite, session: Mutex) {
    super();
    this.setMaxListeners(0);
    this.#database = database;
    this.#session = session;
  }

  async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<PoolResult<Row>> {
    const bare = sql.replace(COMMENTS, '');
    const [verb = '', object = ''] = bare.split(/[\s;]+/, 2).map((word) => word.toUpperCase());
    const leave = this.#leaveTransaction ?? (await this.#session.acquire());
    const opens = verb === 'BEGIN' || verb === 'START';
    const closes = verb === 'COMMIT' || verb === 'END' || (verb === 'ROLLBACK' && object !== 'TO');
    if (opens) this.#leaveTransaction = leave;
    try {
      if (verb === 'LISTEN' || verb === 'UNLISTEN') {
        await this.#subscribe(verb, bare);
        return { command: 'SELECT', rowCount: 0, rows: [] };
      }
      const result = parameters?.length
        ? await this.#database.query<Row>(sql, [...parameters])
        : ((await this.#database.exec(sql)).at(-1) as Results<Row> | undefined);
      const rows = result?.rows ?? [];
      return { command: verb as Command, rowCount: rows.length || (result?.affectedRows ?? 0), rows };
    } finally {
      if (closes) this.#leaveTransaction = undefined;
      if (this.#leaveTransaction === undefined) leave();
    }
  }

  async #subscribe(verb: 'LISTEN' | 'UNLISTEN', statement: string): Promise<void> {
    const channel = statement.slice(verb.length).replace(/[\s;"]/g, '');
    const held = this.#channels.get(channel);
    if (verb === 'UNLISTEN') {
      this.#channels.delete(channel);
      await held?.();
    } else if (held === undefined) {
      const notify = (payload: string) => this.emit('notification', { channel, payload });
      this.#channels.set(channel, await this.#database.listen(channel, notify));
    }
  }

  /** Gives the client back; an open transaction is rolled back and its channels are left. */
  async release(): Promise<void> {
    if (this.#leaveTransaction !== undefined) await this.query('ROLLBACK');
    if (this.#channels.size > 0) {
      const leave = await this.#session.acquire();
      try {
        for (const unsubscribe of this.#channels.values()) await unsubscribe();
        this.#channels.clear();
      } finally {
        leave();
      }
    }
  }
}
