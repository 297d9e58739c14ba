import type { ColumnType } from 'kysely';

/** An int8 column: drivers answer it as text, number or bigint; all that is stored is a safe integer. */
export type Int8 = ColumnType<string | number | bigint, number, number>;
type GeneratedInt8 = ColumnType<string | number | bigint, never, never>;
type NullableInt8 = ColumnType<string | number | bigint | null, number | null, number | null>;
/** A numeric column: sums outgrow an int8. */
type Sum = ColumnType<string, bigint, bigint>;

/** The ledger's tables, as Kysely knows them; `migrations.ts` says what they hold. */
export interface LedgerSchema {
  meta: { key: string; value: string };
  counters: { name: string; value: Int8 };
  lanes: LaneTable;
  intents: IntentTable;
  transactions: TransactionTable;
  attempts: AttemptTable;
  results: ResultTable;
  audit: AuditTable;
  listings: ListingTable;
  fills: FillTable;
  energy_prices: { sequence: Int8; price: Int8; at: Int8 };
  pruned_totals: { name: string; value: Sum };
  pruned_fills: { side: string; energy_price: Int8; count: Sum; energy: Sum; cost: Sum };
}

export interface LaneTable {
  lane: string;
  epoch: Int8;
  holder: string | null;
  expires_at: Date;
  halt_cause: string | null;
  halt_reason: string | null;
  halted_at: NullableInt8;
}

export interface IntentTable {
  id: string;
  position: GeneratedInt8;
  account: string;
  operator: string;
  strategy: string;
  turn: Int8;
  height: Int8;
  kind: string;
  trade_id: NullableInt8;
  amount: Int8;
  price: NullableInt8;
  open_until: NullableInt8;
  reason: string;
  cost: Int8;
  state: string;
  transaction_id: NullableInt8;
  entry: number | null;
  created_at: Int8;
  updated_at: Int8;
}

export interface TransactionTable {
  id: GeneratedInt8;
  lane: string;
  nonce: Int8;
  state: string;
  call: string;
  entries: number;
  settled: ColumnType<boolean, boolean | undefined, boolean>;
  claimed_at: Int8;
  updated_at: Int8;
  included_tx: string | null;
  included_height: NullableInt8;
  included_block: string | null;
  included_status: string | null;
  result_hex: string | null;
  fee: NullableInt8;
}

export interface AttemptTable {
  tx_id: string;
  transaction_id: Int8;
  position: GeneratedInt8;
  hex: string;
  sha256: string;
  fee: Int8;
  noop: ColumnType<boolean, boolean | undefined, never>;
  created_at: Int8;
}

export interface ResultTable {
  transaction_id: Int8;
  entry: number;
  intent_id: string;
  value: NullableInt8;
  error: string | null;
}

export interface AuditTable {
  id: GeneratedInt8;
  transaction_id: Int8;
  from_state: string | null;
  to_state: string;
  at: Int8;
  note: string | null;
}

export interface ListingTable {
  sequence: Int8;
  trade_id: Int8;
  tx_id: string;
  height: Int8;
  seller: string;
  amount: Int8;
  price: Int8;
}

export interface FillTable {
  sequence: Int8;
  side: string;
  trade_id: Int8;
  tx_id: string;
  height: Int8;
  buyer: string;
  seller: string;
  amount: Int8;
  price: Int8;
  cost: Int8;
  energy_price: Int8;
  at: Int8;
}
