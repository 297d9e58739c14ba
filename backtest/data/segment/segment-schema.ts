import { type DataType, Dictionary, Field, Float64, Schema, Uint8, Uint32, Uint64, Utf8 } from 'apache-arrow';
import { type ColumnName, columnNames, columnTypes, kindOfTopic } from '../event-columns.ts';

/** Columns of a segment file: those of `EventColumns` and, for who opens it elsewhere, each row's sequence. */
export type SegmentColumn = 'sequence' | ColumnName;

export const segmentColumns: readonly SegmentColumn[] = ['sequence', ...columnNames];

/** What a column holds, as the files say it themselves. */
const meanings: Readonly<Record<SegmentColumn, { readonly unit: string; readonly meaning: string }>> = {
  sequence: { unit: '', meaning: "the contract's number of the event" },
  kind: { unit: '', meaning: 'the topic of the event' },
  height: { unit: 'block', meaning: 'of the block that holds the event' },
  transaction: { unit: '', meaning: "its transaction among the contract's in the block, from 0" },
  account: { unit: '', meaning: 'the prosumer; of an offer the seller' },
  other: { unit: '', meaning: 'the buyer (trade-bought), the meter (meter-assigned, reading-recorded)' },
  operator: { unit: '', meaning: 'who listed, cancelled or bought; of a delegation its operator' },
  trade: { unit: '', meaning: 'the trade id' },
  grant: { unit: '', meaning: 'the grant id' },
  amount: {
    unit: 'Wh; µSTX for funds and spend limits',
    meaning:
      'of an offer, of energy, of funds; produced (reading-recorded); spend limit (delegation-granted); 1 or 0 (meters-required)',
  },
  price: { unit: 'µSTX/Wh', meaning: 'of an offer, the energy price; the highest buy price (delegation-granted)' },
  second: {
    unit: 'Wh; µSTX for what is left to spend',
    meaning: 'left of the grant (trades); consumed (reading-recorded); energy limit (delegation-granted)',
  },
  mark: {
    unit: 'block; none for readings',
    meaning: 'open until (trade-listed); reading id (reading-recorded); expiry (delegation-granted)',
  },
  energy: { unit: 'Wh', meaning: 'energy balance of account after the event' },
  funds: {
    unit: 'µSTX; µSTX/Wh for a price',
    meaning: 'funds balance of account after the event; the lowest sell price (delegation-granted)',
  },
  buyerEnergy: { unit: 'Wh', meaning: 'energy balance of other after the event (trade-bought)' },
  buyerFunds: { unit: 'µSTX', meaning: 'funds balance of other after the event (trade-bought)' },
};

/** Columns that always hold a value. */
const ALWAYS: ReadonlySet<SegmentColumn> = new Set(['sequence', 'kind', 'height']);

export const accountColumns = ['account', 'other', 'operator'] as const;

const isAccountColumn = (name: SegmentColumn): boolean => accountColumns.some((column) => column === name);

const KIND_DICTIONARY = 0;
const ACCOUNT_DICTIONARY = 1;

/** The topics by kind; 0 is no kind. */
export const kindNames: readonly string[] = ['', ...Object.keys(kindOfTopic)];

const kindType = new Dictionary(new Utf8(), new Uint8(), KIND_DICTIONARY);
const accountType = new Dictionary(new Utf8(), new Uint32(), ACCOUNT_DICTIONARY);

/** The Arrow type of a column. */
export function arrowTypeOf(name: SegmentColumn): DataType {
  if (name === 'sequence') return new Uint64();
  if (name === 'kind') return kindType;
  if (isAccountColumn(name)) return accountType;
  return columnTypes[name] === Float64Array ? new Float64() : new Uint32();
}

/** The schema of every segment, with what it says of itself. */
export function segmentSchema(metadata: ReadonlyMap<string, string>): Schema {
  const fields = segmentColumns.map((name) => {
    const { unit, meaning } = meanings[name];
    const details = new Map([['meaning', meaning], ...(unit === '' ? [] : [['unit', unit] as const])]);
    return new Field(name, arrowTypeOf(name), !ALWAYS.has(name), details);
  });
  return new Schema(fields, new Map(metadata));
}

/** Names and types of a schema, to compare two. */
export const describeSchema = (schema: Schema): string =>
  schema.fields.map(({ name, type }) => `${name}: ${type}`).join(', ');
