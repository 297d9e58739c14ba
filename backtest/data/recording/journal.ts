import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { decodeEvent, eventDigest, type GridEvent } from '../../../src/contract/index.ts';
import { CorruptionError, type TxId, txId } from '../../../src/core/index.ts';

/** An event of the journal with its place on the chain. */
export interface TailEvent {
  readonly event: GridEvent;
  /** Its consensus bytes. */
  readonly hex: string;
  readonly txId: TxId;
  /** The contract's digest after it. */
  readonly digest: string;
}

/** A journal as it was found. */
export interface JournalTail {
  readonly events: readonly TailEvent[];
  /** By event, the byte after its line. */
  readonly ends: readonly number[];
  /** Bytes in front of the first event that counts, bytes up to the end of the last, and bytes of the file. */
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** One event as a line of the journal: a checksum, its transaction and its consensus bytes. */
export function journalLine({ hex, txId: transaction }: Pick<TailEvent, 'hex' | 'txId'>): string {
  const text = `${transaction} ${hex}`;
  return `${checksum(text)} ${text}\n`;
}

/**
 * Reads the events of a journal above the last sealed one; lines of sealed ones, which a crash left there, are passed
 * over. A last line that was not written to its end does not count.
 *
 * @param after the last sealed event, and the digest there.
 * @throws CorruptionError when a line before the last is damaged, or the events are not those that follow.
 */
export function readJournal(
  path: string,
  after: { readonly sequence: number; readonly digest: string | null },
): JournalTail {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const events: TailEvent[] = [];
  const ends: number[] = [];
  let start = 0;
  let offset = 0;
  for (let line = 1; offset < bytes.length; line += 1) {
    const end = bytes.indexOf(10, offset);
    const parsed = end === -1 ? null : parseLine(bytes.toString('latin1', offset, end));
    if (parsed === null) {
      if (end === -1 || end === bytes.length - 1) break;
      throw new CorruptionError(`expected an intact journal, line ${line} of ${path} is damaged`, {
        hints: ['Put a copy of the file back, or remove it: the events in it are read from the chain again.'],
      });
    }
    offset = end + 1;
    const event = decodeEvent(parsed.hex);
    const expected = after.sequence + events.length + 1;
    if (events.length === 0 && event.sequence < expected) {
      start = offset;
      continue;
    }
    if (event.sequence !== expected) {
      throw new CorruptionError(`expected event ${expected} in line ${line} of ${path}, was event ${event.sequence}`);
    }
    const before = events.at(-1)?.digest ?? after.digest;
    if (before === null) throw new CorruptionError(`expected no journal without a contract's digest, was ${path}`);
    events.push({ ...parsed, event, digest: eventDigest(before, parsed.hex) });
    ends.push(offset);
  }
  return { events, ends, start, end: offset, size: bytes.length };
}

function parseLine(line: string): Pick<TailEvent, 'hex' | 'txId'> | null {
  const text = line.slice(17);
  if (line.slice(0, 16) !== checksum(text)) return null;
  const [transaction = '', hex = ''] = text.split(' ');
  return { txId: txId(transaction), hex };
}
