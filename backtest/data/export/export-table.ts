import type { GridEvent } from '../../../src/contract/index.ts';

/** What a table column holds: whole numbers, names, or yes and no. */
export type TableType = 'integer' | 'text' | 'boolean';

export interface TableColumn {
  readonly name: string;
  readonly type: TableType;
}

const integers = (...names: readonly string[]): TableColumn[] => names.map((name) => ({ name, type: 'integer' }));
const texts = (...names: readonly string[]): TableColumn[] => names.map((name) => ({ name, type: 'text' }));

/** Every field of every event by the contract's own name, once; a row has those of its topic. */
const eventTable: readonly TableColumn[] = [
  ...integers('sequence', 'height', 'transaction'),
  ...texts('topic', 'prosumer', 'seller', 'buyer', 'operator', 'meter'),
  ...integers('trade_id', 'amount', 'price', 'cost', 'open_until', 'energy_balance', 'funds_balance'),
  ...integers('buyer_energy', 'buyer_funds', 'seller_energy', 'seller_funds'),
  ...integers('grant_id', 'energy_left', 'spend_left', 'spend_limit', 'energy_limit'),
  ...integers('max_buy_price', 'min_sell_price', 'expires_at', 'reading_id', 'produced', 'consumed'),
  { name: 'required', type: 'boolean' },
];

const FILL_COLUMNS = new Set([
  ...['sequence', 'height', 'transaction', 'trade_id', 'seller', 'buyer', 'operator', 'amount', 'price', 'cost'],
  ...['grant_id', 'spend_left', 'buyer_energy', 'buyer_funds', 'seller_energy', 'seller_funds'],
]);

/** A way to show events as rows. */
export interface EventTable {
  readonly columns: readonly TableColumn[];
  isRow(event: GridEvent): boolean;
}

export const eventTables = {
  /** All events. */
  events: { columns: eventTable, isRow: () => true },
  /** Purchases alone. */
  fills: {
    columns: eventTable.filter(({ name }) => FILL_COLUMNS.has(name)),
    isRow: ({ topic }) => topic === 'trade-bought',
  },
} as const satisfies Readonly<Record<string, EventTable>>;

export type Cell = number | string | boolean | null;

type Fields = Readonly<Record<string, Cell | undefined>>;

/**
 * The cells of an event in the order of the table's columns; null where its topic has no such field.
 *
 * @param transaction its transaction's number in the block, null where that is not known.
 */
export function cellsOf({ columns }: EventTable, event: GridEvent, transaction: number | null): Cell[] {
  const fields = event as unknown as Fields;
  const grant = ('grant' in event ? event.grant : null) as Fields | null;
  return columns.map(({ name }) => {
    if (name === 'transaction') return transaction;
    if (name === 'grant_id' && grant !== null) return grant.id ?? null;
    const key = camelCase.get(name) ?? name;
    return fields[key] ?? grant?.[key] ?? null;
  });
}

const camelCase = new Map(
  eventTable.map(({ name }) => [name, name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())]),
);
