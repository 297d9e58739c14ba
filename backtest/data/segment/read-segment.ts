import { fstatSync, readSync } from 'node:fs';
import { Dictionary, Message, type Schema } from 'apache-arrow';
import { type FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import { CorruptionError, principal } from '../../../src/core/index.ts';
import { type ColumnName, columnNames, columnTypes, type EventColumns, NONE } from '../event-columns.ts';
import { accountColumns, describeSchema, segmentColumns, segmentSchema } from './segment-schema.ts';

/** A segment file that is open for reading. */
export interface SegmentFile {
  readonly path: string;
  readonly descriptor: number;
}

/** Where the parts of a segment stand in its file. */
export interface SegmentLayout {
  readonly rows: number;
  /** The accounts that the file's account columns number; the first means none. */
  readonly names: readonly string[];
  /** What the file says of itself. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The place of each column's values, in bytes from the file's beginning. */
  readonly offsets: Readonly<Record<ColumnName, number>>;
}

const MAGIC = 'ARROW1';
const WORD = 4;

/**
 * Reads where a segment's columns stand, and its dictionary of accounts.
 *
 * @throws CorruptionError for a file that is none of ours.
 */
export function readLayout(file: SegmentFile): SegmentLayout {
  const footer = readFooter(file);
  const batch = footer.getRecordBatch(0);
  if (batch === null || footer.numRecordBatches !== 1)
    throw bad(file, 'one record batch', `${footer.numRecordBatches}`);
  const message = readMessage(file, batch);
  if (!message.isRecordBatch()) throw bad(file, 'a record batch at the place of one');
  const { length: rows, buffers } = message.header();
  const body = batch.offset + batch.metaDataLength;
  return {
    rows,
    names: readAccounts(file, footer),
    metadata: footer.schema.metadata,
    offsets: offsetsOf(file, { rows, buffers, body }),
  };
}

function readFooter(file: SegmentFile): Footer {
  const { size } = fstatSync(file.descriptor);
  const tail = WORD + MAGIC.length;
  if (size < 2 * tail) throw bad(file, 'an Arrow IPC file', `${size} bytes`);
  const end = bytesAt(file, size - tail, tail);
  const length = end.readInt32LE();
  if (end.toString('latin1', WORD) !== MAGIC || length <= 0 || length > size - tail)
    throw bad(file, 'an Arrow IPC file');
  const footer = Footer.decode(bytesAt(file, size - tail - length, length));
  const expected = describeSchema(segmentSchema(new Map()));
  const was = describeSchema(footer.schema);
  if (was !== expected) throw bad(file, `the columns ${expected}`, was);
  return footer;
}

function readMessage(file: SegmentFile, { offset, metaDataLength }: FileBlock): Message {
  // A message begins with a mark and its length.
  return Message.decode(bytesAt(file, offset + 2 * WORD, metaDataLength - 2 * WORD));
}

function readAccounts(file: SegmentFile, footer: Footer): readonly string[] {
  const wanted = accountDictionaryOf(footer.schema);
  for (const block of footer.dictionaryBatches()) {
    const message = readMessage(file, block);
    if (!message.isDictionaryBatch() || message.header().id !== wanted) continue;
    return namesOf(bytesAt(file, block.offset + block.metaDataLength, block.bodyLength), message.header().data);
  }
  throw bad(file, 'a dictionary of accounts');
}

function accountDictionaryOf({ fields }: Schema): number | null {
  const type = fields.find(({ name }) => name === 'account')?.type;
  return type instanceof Dictionary ? type.id : null;
}

interface Region {
  readonly offset: number;
  readonly length: number;
}

/** The texts of a dictionary batch, whose buffers are validity, offsets and bytes. */
function namesOf(
  body: Buffer,
  { length, buffers }: { readonly length: number; readonly buffers: readonly Region[] },
): string[] {
  const [, offsets, text] = buffers;
  if (offsets === undefined || text === undefined) return [];
  const place = (index: number): number => text.offset + body.readInt32LE(offsets.offset + index * WORD);
  return Array.from({ length }, (_, index) => body.toString('utf8', place(index), place(index + 1)));
}

function offsetsOf(
  file: SegmentFile,
  { rows, buffers, body }: { readonly rows: number; readonly buffers: readonly Region[]; readonly body: number },
): SegmentLayout['offsets'] {
  const offsets = columnNames.map((name) => {
    // Two buffers a column: which rows are absent, and the values.
    const values = buffers[2 * segmentColumns.indexOf(name) + 1];
    const bytes = rows * columnTypes[name].BYTES_PER_ELEMENT;
    if (values === undefined || values.length < bytes) throw bad(file, `${bytes} bytes of column ${name}`);
    return [name, body + values.offset];
  });
  return Object.fromEntries(offsets) as Record<ColumnName, number>;
}

/**
 * Reads a segment's columns into `target` from row `at` on, straight from the file into the arrays; its accounts get the
 * target's numbers.
 *
 * @throws CorruptionError for a file that ends too early, or holds an account that its dictionary does not.
 */
export function readColumns(file: SegmentFile, layout: SegmentLayout, target: EventColumns, at: number): void {
  for (const name of columnNames) {
    const part = target[name].subarray(at, at + layout.rows);
    fill(file, new Uint8Array(part.buffer, part.byteOffset, part.byteLength), layout.offsets[name]);
  }
  const numbers = Uint32Array.from(layout.names, (name, index) =>
    index === 0 ? NONE : target.accounts.numberOf(principal(name)),
  );
  for (const name of accountColumns) renumber(file, target[name].subarray(at, at + layout.rows), numbers);
}

function renumber(file: SegmentFile, column: Uint32Array, numbers: Uint32Array): void {
  for (let row = 0; row < column.length; row += 1) {
    const local = column[row] as number;
    if (local >= numbers.length) throw bad(file, `accounts numbered below ${numbers.length}`, String(local));
    column[row] = numbers[local] as number;
  }
}

function bytesAt(file: SegmentFile, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  fill(file, bytes, position);
  return bytes;
}

function fill(file: SegmentFile, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.byteLength; ) {
    const read = readSync(file.descriptor, bytes, done, bytes.byteLength - done, position + done);
    if (read === 0) throw bad(file, `${bytes.byteLength} bytes at ${position}`, `only ${done}`);
    done += read;
  }
}

const bad = (file: SegmentFile, expected: string, was = 'otherwise'): CorruptionError =>
  new CorruptionError(`expected ${file.path} to hold ${expected}, was ${was}`);
