import { type Kysely, sql } from 'kysely';
import { microStx, wh } from '../../core/index.ts';
import type { LedgerPort } from '../../execution/ports/ledger.ts';
import type { Fill, FillTotals, IntentState, LedgerSummary } from '../../execution/ports/ledger-records.ts';
import { TRANSACTION_STATES, type TransactionState } from '../../execution/ports/transaction.ts';
import { fillTotals, prunedNames, Sums } from './pruned-totals.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

type TotalReads = Pick<LedgerPort, 'accountTotals' | 'laneFees' | 'summary'>;
type TotalWrites = Pick<LedgerPort, 'recordTurn' | 'increment'>;

const NO_TRANSACTIONS: Readonly<Record<TransactionState, number>> = {
  claimed: 0,
  signed: 0,
  queued: 0,
  broadcast: 0,
  mempool: 0,
  included: 0,
  final: 0,
  reverted: 0,
  cancelled: 0,
  superseded: 0,
};
const NO_INTENTS: Readonly<Record<IntentState, number>> = {
  allowed: 0,
  claimed: 0,
  done: 0,
  failed: 0,
  superseded: 0,
  expired: 0,
  cancelled: 0,
};
const NO_FILLS: FillTotals = { count: 0, energy: wh(0), cost: microStx(0) };

const TURNS = 'turns';
const ALLOWED = 'allowed';
const DENIED = 'denied:';

/** The ledger's verbs that sum. */
export function totalReads(db: Kysely<LedgerSchema>): TotalReads {
  return {
    async accountTotals({ account, sinceMs }) {
      const buys = await db
        .selectFrom('intents')
        .leftJoin('results', 'results.intent_id', 'intents.id')
        .select(
          sql<string>`coalesce(sum(coalesce(${sql.ref('results.value')}, ${sql.ref('intents.cost')})), 0)`.as('spent'),
        )
        .where('intents.account', '=', account)
        .where('intents.kind', '=', 'buy')
        .where('intents.created_at', '>=', sinceMs)
        .where('intents.state', 'in', ['allowed', 'claimed', 'done'])
        .executeTakeFirstOrThrow();
      // Entry i of n pays ⌊fee × (i + 1) ÷ n⌋ − ⌊fee × i ÷ n⌋, as `feeShare` does.
      const { fees } = await db
        .selectFrom('intents')
        .innerJoin('transactions', 'transactions.id', 'intents.transaction_id')
        .where('intents.account', '=', account)
        .where('transactions.claimed_at', '>=', sinceMs)
        .where('transactions.state', '<>', 'superseded')
        .select((eb) => {
          const offered = eb
            .selectFrom('attempts')
            .whereRef('attempts.transaction_id', '=', 'transactions.id')
            .select((one) => one.fn.max('attempts.fee').as('offered'));
          const fee = sql`coalesce(${eb.ref('transactions.fee')}, ${offered}, 0)`;
          const upTo = (entry: ReturnType<typeof sql>) => sql`${fee} * ${entry} / ${eb.ref('transactions.entries')}`;
          const entry = eb.ref('intents.entry');
          return sql<string>`coalesce(sum(${upTo(sql`(${entry} + 1)`)} - ${upTo(sql`${entry}`)}), 0)`.as('fees');
        })
        .executeTakeFirstOrThrow();
      return { account, spent: microStx(BigInt(buys.spent)), fees: microStx(BigInt(fees)) };
    },

    async laneFees({ lane, sinceMs }) {
      const row = await db
        .selectFrom(
          db
            .selectFrom('attempts')
            .innerJoin('transactions', 'transactions.id', 'attempts.transaction_id')
            .where('transactions.lane', '=', lane)
            .where('transactions.state', '<>', 'superseded')
            .where('attempts.created_at', '>=', sinceMs)
            .groupBy(['transactions.id', 'transactions.fee'])
            .select((eb) => [sql<string>`coalesce(transactions.fee, ${eb.fn.max('attempts.fee')})`.as('fee')])
            .as('offered'),
        )
        .select(sql<string>`coalesce(sum(fee), 0)`.as('total'))
        .executeTakeFirstOrThrow();
      return microStx(BigInt(row.total));
    },

    // One snapshot, so that what is dropped meanwhile is counted once.
    summary: () => db.transaction().setIsolationLevel('repeatable read').execute(summary),
  };
}

/** The ledger's verbs that count. */
export function totalWrites(db: Kysely<LedgerSchema>): TotalWrites {
  return {
    recordTurn: ({ allowed, denied }) =>
      db.transaction().execute(async (trx) => {
        await add(trx, TURNS, 1);
        if (allowed > 0) await add(trx, ALLOWED, allowed);
        for (const [code, count] of Object.entries(denied)) await add(trx, `${DENIED}${code}`, count);
      }),

    increment: (name) => add(db, `counter:${name}`, 1),
  };
}

async function add(db: Kysely<LedgerSchema>, name: string, amount: number): Promise<number> {
  const row = await db
    .insertInto('counters')
    .values({ name, value: amount })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((eb) => ({ value: eb('counters.value', '+', eb.ref('excluded.value')) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return integer(row.value);
}

async function summary(db: Kysely<LedgerSchema>): Promise<LedgerSummary> {
  const dropped = await Sums.load(db);
  const transactions = { ...NO_TRANSACTIONS };
  const counted = await db
    .selectFrom('transactions')
    .select((eb) => ['state', eb.fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  for (const row of counted) transactions[row.state as TransactionState] = integer(row.count);
  for (const state of TRANSACTION_STATES) transactions[state] += Number(dropped.of(prunedNames.transactions(state)));

  const intents = { ...NO_INTENTS };
  const states = await db
    .selectFrom('intents')
    .select((eb) => ['state', eb.fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  for (const row of states) intents[row.state as IntentState] = integer(row.count);
  for (const state of Object.keys(intents) as IntentState[]) {
    intents[state] += Number(dropped.of(prunedNames.intents(state)));
  }

  const mined = await db
    .selectFrom('transactions')
    .select([
      sql<string>`coalesce(sum(fee), 0)`.as('fees'),
      sql<string>`count(*) filter (where included_status <> 'success')`.as('aborted'),
    ])
    .executeTakeFirstOrThrow();

  const fills: Record<Fill['side'], FillTotals> = { bought: NO_FILLS, sold: NO_FILLS, own: NO_FILLS };
  for (const { side, count, energy, cost } of await fillTotals(db)) {
    const sum = fills[side];
    fills[side] = { count: sum.count + count, energy: wh(sum.energy + energy), cost: microStx(sum.cost + cost) };
  }

  const listed = await db
    .selectFrom('listings')
    .select((eb) => [eb.fn.countAll<string>().as('count'), sql<string>`coalesce(sum(amount), 0)`.as('energy')])
    .executeTakeFirstOrThrow();

  const failures = await db
    .selectFrom('results')
    .select((eb) => ['error', eb.fn.countAll<string>().as('count')])
    .where('error', 'is not', null)
    .groupBy('error')
    .execute();
  const failedEntries = new Map(
    dropped.under(prunedNames.failures('')).map(([error, count]) => [error, Number(count)]),
  );
  for (const { error, count } of failures) {
    if (error !== null) failedEntries.set(error, (failedEntries.get(error) ?? 0) + integer(count));
  }

  const counters = await db.selectFrom('counters').selectAll().orderBy('name').execute();
  const counterOf = (name: string) => integer(counters.find((row) => row.name === name)?.value ?? 0);
  const denied = counters.filter((row) => row.name.startsWith(DENIED));

  return {
    transactions,
    intents,
    abortedTransactions: integer(mined.aborted) + Number(dropped.of(prunedNames.aborted)),
    fills,
    listed: {
      count: integer(listed.count) + Number(dropped.of(prunedNames.listings)),
      energy: wh(BigInt(listed.energy) + dropped.of(prunedNames.listedEnergy)),
    },
    feesPaid: microStx(BigInt(mined.fees) + dropped.of(prunedNames.fees)),
    failedEntries: Object.fromEntries([...failedEntries].sort(([one], [other]) => (one < other ? -1 : 1))),
    turns: counterOf(TURNS),
    allowed: counterOf(ALLOWED),
    denied: Object.fromEntries(denied.map((row) => [row.name.slice(DENIED.length), integer(row.value)])),
  };
}
