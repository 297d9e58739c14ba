import { type Kysely, sql } from 'kysely';
import { microStx, price, wh } from '../../core/index.ts';
import type { Fill, IntentState, PricedFillTotals } from '../../execution/ports/ledger-records.ts';
import type { TransactionState } from '../../execution/ports/transaction.ts';
import { integer } from './rows.ts';
import type { LedgerSchema } from './schema.ts';

/** Names of the sums over dropped rows. */
export const prunedNames = {
  transactions: (state: TransactionState) => `transactions:${state}`,
  intents: (state: IntentState) => `intents:${state}`,
  failures: (error: string) => `failures:${error}`,
  aborted: 'aborted',
  fees: 'fees',
  listings: 'listings',
  listedEnergy: 'listings:energy',
} as const;

/** Sums by name, exact however large. */
export class Sums {
  readonly #values = new Map<string, bigint>();

  add(name: string, amount: bigint): void {
    if (amount !== 0n) this.#values.set(name, this.of(name) + amount);
  }

  of(name: string): bigint {
    return this.#values.get(name) ?? 0n;
  }

  /** Those whose name begins with `prefix`, without it. */
  under(prefix: string): readonly (readonly [string, bigint])[] {
    return [...this.#values].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    );
  }

  async save(db: Kysely<LedgerSchema>): Promise<void> {
    // In one order for all who save, so that none waits for the other.
    const rows = [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [name, value] of rows) {
      await db
        .insertInto('pruned_totals')
        .values({ name, value })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ value: sql`pruned_totals.value + excluded.value` }),
        )
        .execute();
    }
  }

  static async load(db: Kysely<LedgerSchema>): Promise<Sums> {
    const sums = new Sums();
    for (const { name, value } of await db.selectFrom('pruned_totals').selectAll().execute()) {
      sums.add(name, BigInt(value));
    }
    return sums;
  }
}

/** All fills, dropped ones among them, by side and energy price. */
export async function fillTotals(db: Kysely<LedgerSchema>): Promise<readonly PricedFillTotals[]> {
  const kept = db
    .selectFrom('fills')
    .select(['side', 'energy_price', sql<string>`1::numeric`.as('count')])
    .select([sql<string>`amount::numeric`.as('energy'), sql<string>`cost::numeric`.as('cost')]);
  const dropped = db.selectFrom('pruned_fills').select(['side', 'energy_price', 'count', 'energy', 'cost']);
  const rows = await db
    .selectFrom(kept.unionAll(dropped).as('all_fills'))
    .select((eb) => [
      'side',
      'energy_price',
      eb.fn.sum<string>('count').as('count'),
      eb.fn.sum<string>('energy').as('energy'),
      eb.fn.sum<string>('cost').as('cost'),
    ])
    .groupBy(['side', 'energy_price'])
    .orderBy('side')
    .orderBy('energy_price')
    .execute();
  return rows.map((row) => ({
    side: row.side as Fill['side'],
    energyPrice: price(BigInt(row.energy_price)),
    count: integer(row.count),
    energy: wh(BigInt(row.energy)),
    cost: microStx(BigInt(row.cost)),
  }));
}
