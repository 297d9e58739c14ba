import { type Kysely, type Transaction as SqlTransaction, sql } from 'kysely';
import { principal } from '../../core/index.ts';
import type { AcquireParameters, LedgerPort, LedgerReads } from '../../execution/ports/ledger.ts';
import type { LaneHalt, LaneRecord } from '../../execution/ports/ledger-records.ts';
import { recordEvents } from './events.ts';
import { fenceOf, type HeldLane, type LaneHolder } from './fence.ts';
import { writeHalt } from './halt.ts';
import { intentWrites, reassign, recordIntents } from './intents.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';
import { gatheredWrites, transactionWrites } from './transactions.ts';

/** Thrown inside the database transaction to give back the lanes that were taken in it. */
class Taken extends Error {}

/** The database's own time: hosts may differ. */
const NOW = sql<Date>`clock_timestamp()`;
const inMs = (ttlMs: number) => sql<Date>`clock_timestamp() + ${ttlMs}::float8 * interval '1 millisecond'`;

/** The ledger's verbs for leases. `reads` are given on to the holders. */
export function laneVerbs(
  { db, table }: Pick<LaneHolder, 'db' | 'table'>,
  reads: Omit<LedgerReads, 'lanes'>,
): Pick<LedgerPort, 'acquireLanes' | 'lanes'> {
  const lanes = () => laneRecords(db);
  const gathered = gatheredWrites({ db, table });

  return {
    lanes,

    async acquireLanes(parameters) {
      const held = await acquire(db, parameters);
      if (held === null) return null;
      const { holder } = parameters;
      const fenced = fenceOf(db, held);
      // In the order of all who lock several lanes, so that none of them waits for the other.
      const mine = db.selectFrom('lanes').select('lane').where('holder', '=', holder).orderBy('lane').forUpdate();
      const rows = db.updateTable('lanes').where('lane', 'in', mine);
      return {
        lanes: held.map((one) => {
          const alone = fenceOf(db, [one]);
          return {
            ...reads,
            lanes,
            ...one,
            ...intentWrites(alone, one.lane),
            ...transactionWrites({ db, table, ...one }, gathered),
            setHalt: (halt: LaneHalt | null) => alone((trx) => writeHalt(trx, one.lane, halt)),
          };
        }),

        // By the epoch alone, not by the time: a lease that ran out while nobody wanted it is as good as before.
        async renew({ ttlMs }) {
          const { numUpdatedRows } = await rows.set({ expires_at: inMs(ttlMs) }).executeTakeFirstOrThrow();
          return numUpdatedRows === BigInt(held.length);
        },
        async release() {
          await rows.set({ holder: null, expires_at: NOW }).execute();
        },

        recordIntents: (batch) => fenced((trx) => recordIntents(trx, batch)),
        reassign: (batch) => fenced((trx) => reassign(trx, batch)),
        recordEvents: (batch) => fenced((trx) => recordEvents(trx, batch)),
      };
    },
  };
}

/** Takes all of the lanes with a new epoch each, or none. */
async function acquire(db: Kysely<LedgerSchema>, parameters: AcquireParameters): Promise<readonly HeldLane[] | null> {
  // Always in the same order, so that two who want the same lanes cannot each wait for the other.
  const inOrder = [...parameters.lanes].sort();
  try {
    const epochs = await db.transaction().execute(async (trx) => {
      const taken = new Map<string, number>();
      for (const lane of inOrder) taken.set(lane, await take(trx, lane, parameters));
      return taken;
    });
    return parameters.lanes.map((lane) => ({ lane, epoch: epochs.get(lane) ?? 0 }));
  } catch (error) {
    if (error instanceof Taken) return null;
    throw error;
  }
}

/** One conditional write: the lane is new, free, out of time, or known to be of a dead holder. */
async function take(
  trx: SqlTransaction<LedgerSchema>,
  lane: string,
  { holder, ttlMs, soleHolder = false }: AcquireParameters,
): Promise<number> {
  const row = await trx
    .insertInto('lanes')
    .values({ lane, epoch: 1, holder, expires_at: inMs(ttlMs) })
    .onConflict((conflict) =>
      conflict
        .column('lane')
        .doUpdateSet((eb) => ({
          epoch: eb('lanes.epoch', '+', sql<number>`1`),
          holder: eb.ref('excluded.holder'),
          expires_at: eb.ref('excluded.expires_at'),
        }))
        .where((where) =>
          where.or([
            where('lanes.holder', 'is', null),
            where('lanes.expires_at', '<=', NOW),
            sql<boolean>`${sql.val(soleHolder)}::boolean`,
          ]),
        ),
    )
    .returning('epoch')
    .executeTakeFirst();
  if (row === undefined) throw new Taken();
  return integer(row.epoch);
}

async function laneRecords(db: Kysely<LedgerSchema>): Promise<readonly LaneRecord[]> {
  const rows = await db
    .selectFrom('lanes')
    .select(['lane', 'epoch', 'halt_cause', 'halt_reason', 'halted_at'])
    .select(sql<string | null>`case when expires_at > clock_timestamp() then holder end`.as('holder'))
    .orderBy('lane')
    .execute();
  return rows.map(
    (row): LaneRecord => ({
      lane: principal(row.lane),
      epoch: integer(row.epoch),
      holder: row.holder,
      halt:
        row.halt_cause === null
          ? null
          : {
              cause: row.halt_cause as NonNullable<LaneRecord['halt']>['cause'],
              reason: row.halt_reason ?? '',
              at: integer(row.halted_at ?? 0),
            },
    }),
  );
}
