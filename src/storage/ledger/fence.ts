import { CompiledQuery, type Kysely, type Transaction as SqlTransaction } from 'kysely';
import { LostLaneError, type Principal } from '../../core/index.ts';
import type { LedgerSchema } from './schema.ts';

/** Does `work` in one database transaction, which no other holder of the lanes can come between. */
export type Fenced = <T>(work: (trx: SqlTransaction<LedgerSchema>) => Promise<T>) => Promise<T>;

export interface HeldLane {
  readonly lane: Principal;
  readonly epoch: number;
}

/** A table's name with its schema, as SQL: Kysely adds the schema to what it builds itself alone. */
export type TableName = (name: keyof LedgerSchema) => string;

/** What the writes of a lane's holder need. */
export interface LaneHolder extends HeldLane {
  readonly db: Kysely<LedgerSchema>;
  readonly table: TableName;
}

/** What the holder of a lane asks for. */
export interface Asked<Parameters> {
  readonly holder: HeldLane;
  readonly parameters: Parameters;
}

/** A statement that does the same for each of many who ask, who hold lanes of their own. */
export interface FencedParts {
  /** Under which it is prepared; null where its text is not always the same. */
  readonly name: string | null;
  /** What each asks for: columns and their types. */
  readonly columns: string;
  /**
   * Common table expressions over `held`, which has what is asked for by those who hold their lanes, and the `place` of each
   * among all.
   */
  readonly steps: string;
  /** What each is told. */
  readonly answer: string;
  /** Joins to `asked` and `held` what the answer needs, one row at most. */
  readonly joins: string;
}

/**
 * The text of such a statement; its first parameter is what is asked for, as JSON. The fence is part of it: a row of a lane
 * while its holder has it, which a new holder waits for, none once it has not. All lanes are locked in one order, so that two
 * groups, or a group and a new holder, cannot each wait for the other.
 */
export const fencedText = (table: TableName, { name, columns, steps, answer, joins }: FencedParts): string =>
  `${name === null ? '' : `/* ${name} */ `}with asked as (
    select * from json_to_recordset($1::text::json) as one(place int4, lane text, epoch int8, ${columns})
  ), fence as (
    select lane, epoch from ${table('lanes')} where lane = any(array(select lane from asked)) order by lane for share
  ), held as (
    select asked.* from asked join fence using (lane, epoch)
  ), ${steps}
  select asked.place, held.place is not null as held, ${answer}
  from asked left join held using (place) ${joins} order by asked.place`;

/** Runs it; who has lost the lane gets a LostLaneError for an answer, and nothing of it was written. */
export async function askFenced<Row>(
  db: Kysely<LedgerSchema>,
  { text, values = [] }: { readonly text: string; readonly values?: readonly unknown[] },
  asked: readonly Asked<object>[],
): Promise<readonly (Row | LostLaneError)[]> {
  const rows = asked.map(({ holder: { lane, epoch }, parameters }, place) => ({ ...parameters, place, lane, epoch }));
  const query = CompiledQuery.raw(text, [JSON.stringify(rows), ...values]);
  const answers = (await db.executeQuery<Row & { held: boolean }>(query)).rows;
  return asked.map(({ holder }, place) => {
    const answer = answers[place];
    return answer?.held === true ? answer : lostLane([holder.lane]);
  });
}

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
