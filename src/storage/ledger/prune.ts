import { type Kysely, type Selectable, type Transaction as SqlTransaction, sql } from 'kysely';
import { type Height, height } from '../../core/index.ts';
import type { LedgerPort, LedgerReads } from '../../execution/ports/ledger.ts';
import type { IntentState } from '../../execution/ports/ledger-records.ts';
import type { PruneCounts } from '../../execution/ports/retention.ts';
import type { TransactionState } from '../../execution/ports/transaction.ts';
import { type Limits, limitsOf, prunableTransactions } from './prunable.ts';
import { fillTotals, prunedNames, Sums } from './pruned-totals.ts';
import { integer } from './rows.ts';
import type { FillTable, LedgerSchema } from './schema.ts';

type PruneReads = Pick<LedgerReads, 'prunedHeight' | 'fillTotals'>;
type Trx = SqlTransaction<LedgerSchema>;
type Counts = { -readonly [Table in keyof PruneCounts]: number };

/** Meta key of the height up to which fills may have been dropped. */
const PRUNED_HEIGHT = 'pruned.height';
/** One carries up to 100 intents and results. */
const TRANSACTIONS_PER_BATCH = 100;
const ROWS_PER_BATCH = 1_000;

/** The ledger's verbs that read what is left of what was dropped. */
export function pruneReads(db: Kysely<LedgerSchema>): PruneReads {
  return {
    fillTotals: () => fillTotals(db),

    async prunedHeight() {
      const row = await db.selectFrom('meta').select('value').where('key', '=', PRUNED_HEIGHT).executeTakeFirst();
      return row === undefined ? null : height(BigInt(row.value));
    },
  };
}

/** The ledger's verb that drops what ended long ago. It asks for no lease, for it touches nothing that a holder moves on. */
export function pruneWrites(db: Kysely<LedgerSchema>): Pick<LedgerPort, 'prune'> {
  return {
    async prune(parameters) {
      const counts: Counts = {
        transactions: 0,
        attempts: 0,
        audit: 0,
        results: 0,
        intents: 0,
        fills: 0,
        listings: 0,
        prices: 0,
      };
      const limits = await limitsOf(db, parameters);
      await raisePrunedHeight(db, limits.height);
      // Fills go first: with them the offers they bought, which would keep their transaction.
      for (const drop of [dropFills, dropTransactions, dropIntents, dropPrices]) {
        while (!parameters.signal?.aborted && (await db.transaction().execute((trx) => drop(trx, limits, counts))));
      }
      return counts;
    },
  };
}

/** Before anything is dropped, so that whoever compares with the chain never misses what is gone. */
async function raisePrunedHeight(db: Kysely<LedgerSchema>, to: Height): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key: PRUNED_HEIGHT, value: String(to) })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({ value: String(to) })
        .where(sql<boolean>`meta.value::int8 < ${to}::int8`),
    )
    .execute();
}

/** Fills with the offers that they bought; answers whether there may be more. */
async function dropFills(trx: Trx, limits: Limits, counts: Counts): Promise<boolean> {
  const oldest = trx
    .selectFrom('fills')
    .select('sequence')
    .where('height', '<=', limits.height)
    .orderBy('height')
    .limit(ROWS_PER_BATCH);
  const fills = await trx.deleteFrom('fills').where('sequence', 'in', oldest).returningAll().execute();
  await saveFills(trx, fills);
  const trades = fills.map((fill) => integer(fill.trade_id));
  const listings = await trx
    .deleteFrom('listings')
    .where('trade_id', '=', sql<number>`any(${sql.val(trades)}::int8[])`)
    .returning('amount')
    .execute();
  const sums = new Sums();
  sumListings(sums, listings);
  await sums.save(trx);
  counts.fills += fills.length;
  counts.listings += listings.length;
  return fills.length === ROWS_PER_BATCH;
}

async function saveFills(trx: Trx, fills: readonly Selectable<FillTable>[]): Promise<void> {
  const groups = new Map<string, { side: string; price: number; count: bigint; energy: bigint; cost: bigint }>();
  for (const fill of fills) {
    const energyPrice = integer(fill.energy_price);
    const key = `${fill.side} ${energyPrice}`;
    const group = groups.get(key) ?? { side: fill.side, price: energyPrice, count: 0n, energy: 0n, cost: 0n };
    group.count += 1n;
    group.energy += BigInt(fill.amount);
    group.cost += BigInt(fill.cost);
    groups.set(key, group);
  }
  const ordered = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [, { price, ...group }] of ordered) {
    await trx
      .insertInto('pruned_fills')
      .values({ ...group, energy_price: price })
      .onConflict((conflict) =>
        conflict.columns(['side', 'energy_price']).doUpdateSet({
          count: sql`pruned_fills.count + excluded.count`,
          energy: sql`pruned_fills.energy + excluded.energy`,
          cost: sql`pruned_fills.cost + excluded.cost`,
        }),
      )
      .execute();
  }
}

/** Transactions with all that hangs on them; answers whether there may be more. */
async function dropTransactions(trx: Trx, limits: Limits, counts: Counts): Promise<boolean> {
  const ids = (await prunableTransactions(trx, limits, TRANSACTIONS_PER_BATCH)).map(({ id }) => integer(id));
  if (ids.length === 0) return false;
  const theirs = sql<number>`any(${sql.val(ids)}::int8[])`;
  const sums = new Sums();

  const attempts = trx.selectFrom('attempts').select('tx_id').where('transaction_id', '=', theirs);
  const listings = await trx.deleteFrom('listings').where('tx_id', 'in', attempts).returning('amount').execute();
  sumListings(sums, listings);
  const results = await trx.deleteFrom('results').where('transaction_id', '=', theirs).returning('error').execute();
  for (const { error } of results) if (error !== null) sums.add(prunedNames.failures(error), 1n);
  const intents = await trx.deleteFrom('intents').where('transaction_id', '=', theirs).returning('state').execute();
  for (const { state } of intents) sums.add(prunedNames.intents(state as IntentState), 1n);
  const audit = await trx.deleteFrom('audit').where('transaction_id', '=', theirs).executeTakeFirstOrThrow();
  const bytes = await trx.deleteFrom('attempts').where('transaction_id', '=', theirs).executeTakeFirstOrThrow();
  const transactions = await trx
    .deleteFrom('transactions')
    .where('id', '=', theirs)
    .returning(['state', 'fee', 'included_status'])
    .execute();
  for (const { state, fee, included_status: status } of transactions) {
    sums.add(prunedNames.transactions(state as TransactionState), 1n);
    sums.add(prunedNames.fees, BigInt(fee ?? 0));
    if (status !== null && status !== 'success') sums.add(prunedNames.aborted, 1n);
  }
  await sums.save(trx);

  counts.transactions += transactions.length;
  counts.attempts += Number(bytes.numDeletedRows);
  counts.audit += Number(audit.numDeletedRows);
  counts.results += results.length;
  counts.intents += intents.length;
  counts.listings += listings.length;
  return ids.length === TRANSACTIONS_PER_BATCH;
}

function sumListings(sums: Sums, listings: readonly { readonly amount: string | number | bigint }[]): void {
  sums.add(prunedNames.listings, BigInt(listings.length));
  for (const { amount } of listings) sums.add(prunedNames.listedEnergy, BigInt(amount));
}

/** Intents that went stale before they had a nonce; answers whether there may be more. */
async function dropIntents(trx: Trx, { intentsBefore, neverSince }: Limits, counts: Counts): Promise<boolean> {
  const oldest = trx
    .selectFrom('intents')
    .select('id')
    .where('state', '=', 'cancelled')
    .where('transaction_id', 'is', null)
    .where('updated_at', '<', intentsBefore)
    .where('created_at', '<', neverSince)
    .limit(ROWS_PER_BATCH);
  const { numDeletedRows } = await trx.deleteFrom('intents').where('id', 'in', oldest).executeTakeFirstOrThrow();
  const sums = new Sums();
  sums.add(prunedNames.intents('cancelled'), numDeletedRows);
  await sums.save(trx);
  counts.intents += Number(numDeletedRows);
  return numDeletedRows === BigInt(ROWS_PER_BATCH);
}

/**
 * Marks of the energy price that nothing kept can ask for: those before the last that precedes every kept trade and every
 * young mark. Answers that there are no more.
 */
async function dropPrices(trx: Trx, { before }: Limits, counts: Counts): Promise<boolean> {
  const first = async (sequences: readonly ({ sequence: string | number | bigint | null } | undefined)[]) =>
    sequences.flatMap((row) => (row?.sequence === null || row === undefined ? [] : [integer(row.sequence)]));
  const needed = await first([
    await trx
      .selectFrom('fills')
      .select((eb) => eb.fn.min('sequence').as('sequence'))
      .executeTakeFirst(),
    await trx
      .selectFrom('listings')
      .select((eb) => eb.fn.min('sequence').as('sequence'))
      .executeTakeFirst(),
    await trx
      .selectFrom('energy_prices')
      .select((eb) => eb.fn.min('sequence').as('sequence'))
      .where('at', '>=', before)
      .executeTakeFirst(),
    // Without any of these the newest mark stays.
    await trx
      .selectFrom('energy_prices')
      .select((eb) => eb.fn.max('sequence').as('sequence'))
      .executeTakeFirst(),
  ]);
  if (needed.length === 0) return false;
  const { numDeletedRows } = await trx
    .deleteFrom('energy_prices')
    .where('sequence', '<', (eb) =>
      eb
        .selectFrom('energy_prices')
        .select((of) => of.fn.max('sequence').as('sequence'))
        .where('sequence', '<', Math.min(...needed)),
    )
    .executeTakeFirstOrThrow();
  counts.prices += Number(numDeletedRows);
  return false;
}
