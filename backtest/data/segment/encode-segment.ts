import {
  type Data,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Struct,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { type EventColumns, NONE } from '../event-columns.ts';
import { presenceOf } from './presence.ts';
import {
  accountColumns,
  arrowTypeOf,
  kindNames,
  type SegmentColumn,
  segmentColumns,
  segmentSchema,
} from './segment-schema.ts';

/**
 * The Arrow IPC file (Feather v2) of some events: one record batch, uncompressed, with dictionaries of its own. Under a
 * null stands what `EventColumns` holds there, so that its typed arrays can be read back without looking at the nulls.
 *
 * @param metadata goes into the file's schema.
 */
export function encodeSegment(columns: EventColumns, metadata: ReadonlyMap<string, string>): Uint8Array {
  const schema = segmentSchema(metadata);
  const { names, indices } = localAccounts(columns);
  const dictionaries = { kind: vectorFromArray(kindNames, new Utf8()), account: vectorFromArray(names, new Utf8()) };
  const children = segmentColumns.map((name) => dataOf(columns, name, { indices, dictionaries }));
  const struct = makeData({ type: new Struct(schema.fields), length: columns.length, nullCount: 0, children });
  const writer = new RecordBatchFileWriter();
  writer.write(new RecordBatch(schema, struct));
  writer.finish();
  return writer.toUint8Array(true);
}

type AccountColumn = (typeof accountColumns)[number];

interface LocalAccounts {
  /** The accounts of the segment in the order of their first appearance, after a name for none. */
  readonly names: readonly string[];
  readonly indices: Readonly<Record<AccountColumn, Uint32Array>>;
}

function localAccounts(columns: EventColumns): LocalAccounts {
  const { accounts, length } = columns;
  const names = [''];
  const localOf = new Uint32Array(accounts.size);
  const indices = {
    account: new Uint32Array(length),
    other: new Uint32Array(length),
    operator: new Uint32Array(length),
  };
  for (let row = 0; row < length; row += 1) {
    for (const name of accountColumns) {
      const number = columns[name][row] as number;
      if (number === NONE) continue;
      if (localOf[number] === 0) {
        localOf[number] = names.length;
        names.push(accounts.nameOf(number));
      }
      indices[name][row] = localOf[number] as number;
    }
  }
  return { names, indices };
}

interface Encoding {
  readonly indices: LocalAccounts['indices'];
  readonly dictionaries: { readonly kind: Vector; readonly account: Vector };
}

function dataOf(columns: EventColumns, name: SegmentColumn, { indices, dictionaries }: Encoding): Data {
  const { length } = columns;
  const { bitmap, absent } = presenceOf(columns, name);
  const values =
    name === 'sequence' ? sequencesOf(columns) : name in indices ? indices[name as AccountColumn] : columns[name];
  const dictionary = name === 'kind' ? dictionaries.kind : dictionaries.account;
  return makeData({
    type: arrowTypeOf(name),
    length,
    nullCount: absent,
    ...(bitmap === null ? {} : { nullBitmap: bitmap }),
    data: values.subarray(0, length),
    ...(name === 'kind' || name in indices ? { dictionary } : {}),
    // biome-ignore lint/suspicious/noExplicitAny: the type of the column is known at run time only
  } as any) as Data;
}

function sequencesOf({ firstSequence, length }: EventColumns): BigUint64Array {
  const sequences = new BigUint64Array(length);
  let next = BigInt(firstSequence);
  for (let row = 0; row < length; row += 1) {
    sequences[row] = next;
    next += 1n;
  }
  return sequences;
}
