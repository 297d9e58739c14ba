import { type Kysely, type RawBuilder, type Transaction as SqlTransaction, sql } from 'kysely';
import { LostLaneError, type Principal } from '../../core/index.ts';
import type { LedgerSchema } from './schema.ts';

/** Does `work` in one database transaction, which no other holder of the lanes can come between. */
export type Fenced = <T>(work: (trx: SqlTransaction<LedgerSchema>) => Promise<T>) => Promise<T>;

export interface HeldLane {
  readonly lane: Principal;
  readonly epoch: number;
}

/** What a statement that is written out needs of a lane's holder. */
export interface LaneHolder extends HeldLane {
  readonly db: Kysely<LedgerSchema>;
  /** A table's name with its schema, which Kysely adds to what it builds itself alone. */
  readonly table: (name: keyof LedgerSchema) => RawBuilder<unknown>;
}

/**
 * The fence as part of one statement: a row while the holder has the lane, which a new holder waits for, none once it has not.
 */
export const heldRow = ({ table, lane, epoch }: LaneHolder): RawBuilder<unknown> =>
  sql`select lane from ${table('lanes')} where lane = ${lane} and epoch = ${epoch}::int8 for share`;

/**
 * The fence of lanes at an epoch each. Their rows are shared until the work is committed, so a new holder waits for it,
 * and work that begins after the new holder finds another epoch and throws LostLaneError.
 */
export const fenceOf =
  (db: Kysely<LedgerSchema>, held: readonly HeldLane[]): Fenced =>
  (work) =>
    db.transaction().execute(async (trx) => {
      const rows = await trx
        .selectFrom('lanes')
        .select('lane')
        .where((where) => where.or(held.map(({ lane, epoch }) => where.and({ lane, epoch }))))
        .orderBy('lane')
        .forShare()
        .execute();
      if (rows.length < held.length) {
        throw lostLane(held.map(({ lane }) => lane).filter((lane) => !rows.some((row) => row.lane === lane)));
      }
      return work(trx);
    });

export const lostLane = (lanes: readonly string[]): LostLaneError =>
  new LostLaneError(`lane ${lanes.join(', ')} has another holder now; nothing was written`);
