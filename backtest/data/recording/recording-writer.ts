import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventDigest } from '../../../src/contract/index.ts';
import { CorruptionError, FatalError, type Height, type Sequence, sequence } from '../../../src/core/index.ts';
import { AccountIndex } from '../accounts.ts';
import { EventColumnsBuilder } from '../columns-builder.ts';
import type { EventColumns } from '../event-columns.ts';
import { type Disk, fileDisk, replaceFile } from './disk.ts';
import { type JournalTail, journalLine, readJournal, type TailEvent } from './journal.ts';
import { JOURNAL_FILE, MANIFEST_FILE, type Manifest, readManifest, SEGMENTS_FOLDER, sealedEnd } from './manifest.ts';
import { sealSegment } from './seal.ts';

/**
 * The most events that go into a segment, unless one block has more. Its 6 MB stay in a processor's cache while they are
 * read, and in memory that a process already has.
 */
export const SEGMENT_EVENTS = 1 << 16;

export interface SealParameters {
  /** The last block that no reorg takes back any more: nothing above it is sealed. */
  readonly throughHeight: Height;
  /** Seal nothing while fewer events than this could be. @default 1 */
  readonly atLeast?: number;
}

/** Adds the events of a contract to a recording. One writer at a time: the caller holds the folder's lock. */
export interface RecordingWriter {
  readonly manifest: Manifest;
  /** The events that are not sealed yet, oldest first. */
  readonly tail: readonly TailEvent[];
  /** Adds events to the journal; they are on the disk when this returns. */
  append(entries: readonly Pick<TailEvent, 'event' | 'hex' | 'txId'>[]): void;
  /**
   * Takes back every event above `toSequence`.
   *
   * @throws FatalError when one of them is sealed.
   */
  rewind(toSequence: Sequence): void;
  /** Moves events that are deep enough from the journal into segments. Answers how many it moved. */
  seal(parameters: SealParameters): number;
}

export interface WriterOptions {
  readonly disk?: Disk;
  /** @default SEGMENT_EVENTS */
  readonly segmentEvents?: number;
}

/**
 * Opens a recording of a contract to go on with it: cuts off what was not written to its end, and removes files that the
 * manifest does not know.
 *
 * @throws ConfigError and CorruptionError as `readManifest` and `readJournal` do.
 */
export function openRecordingWriter(folder: string, options: WriterOptions = {}): RecordingWriter {
  const { disk = fileDisk, segmentEvents = SEGMENT_EVENTS } = options;
  const path = join(folder, JOURNAL_FILE);
  let manifest = readManifest(folder);
  removeOrphans(disk, folder, manifest);
  let journal = openJournal(disk, path, manifest);

  const lastSequence = (): number => journal.events.at(-1)?.event.sequence ?? sealedEnd(manifest).sequence;

  function digestsOf(entries: readonly Pick<TailEvent, 'event' | 'hex' | 'txId'>[]): TailEvent[] {
    let before = journal.events.at(-1)?.digest ?? sealedEnd(manifest).digest;
    return entries.map((entry, index) => {
      const expected = lastSequence() + index + 1;
      if (entry.event.sequence !== expected || before === null) {
        throw new CorruptionError(`expected event ${expected} to be recorded next, was event ${entry.event.sequence}`);
      }
      before = eventDigest(before, entry.hex);
      const { event, hex, txId } = entry;
      return { event, hex, txId, digest: before };
    });
  }

  /** The journal's events up to `count`, sealed as one segment; the journal's file still holds them. */
  function sealFirst(count: number): void {
    const events = journal.events.slice(0, count);
    const digest = events.at(-1)?.digest ?? null;
    manifest = sealSegment({ disk, folder }, manifest, { columns: tailColumns(events, new AccountIndex()), digest });
    journal = { ...journal, events: journal.events.slice(count), ends: journal.ends.slice(count) };
  }

  return {
    get manifest() {
      return manifest;
    },
    get tail() {
      return journal.events;
    },
    append(entries) {
      const added = digestsOf(entries);
      const lines = added.map((entry) => Buffer.from(journalLine(entry)));
      disk.append(path, Buffer.concat(lines));
      let end = journal.end;
      const ends = lines.map((line) => (end += line.byteLength));
      journal = { ...journal, end, events: [...journal.events, ...added], ends: [...journal.ends, ...ends] };
    },
    rewind(toSequence) {
      const sealed = sealedEnd(manifest).sequence;
      if (toSequence < sealed) {
        throw new FatalError(`expected no reorg below sealed event ${sealed}, was to event ${toSequence}`, {
          hints: ['The recording holds events that are no longer on the chain. Begin another, with a larger --depth.'],
        });
      }
      const kept = toSequence - sealed;
      if (kept >= journal.events.length) return;
      const end = kept === 0 ? journal.start : (journal.ends[kept - 1] as number);
      disk.truncate(path, end);
      journal = { ...journal, end, events: journal.events.slice(0, kept), ends: journal.ends.slice(0, kept) };
    },
    seal({ throughHeight, atLeast = 1 }) {
      const deep = journal.events.findIndex(({ event }) => event.height > throughHeight);
      const ready = deep === -1 ? journal.events.length : deep;
      if (ready < Math.max(1, atLeast)) return 0;
      for (let left = ready; left > 0; ) {
        const count = blockEnd(journal.events, Math.min(left, segmentEvents));
        sealFirst(count);
        left -= count;
      }
      const rest = Buffer.from(journal.events.map(journalLine).join(''));
      replaceFile(disk, path, rest);
      journal = openJournal(disk, path, manifest);
      return ready;
    },
  };
}

function openJournal(disk: Disk, path: string, manifest: Manifest): JournalTail {
  const journal = readJournal(path, sealedEnd(manifest));
  if (journal.size > journal.end) disk.truncate(path, journal.end);
  return journal;
}

function removeOrphans(disk: Disk, folder: string, { segments }: Manifest): void {
  const known = new Set(segments.map(({ file }) => file));
  const found = readdirSync(join(folder, SEGMENTS_FOLDER)).map((name) => `${SEGMENTS_FOLDER}/${name}`);
  const aside = [MANIFEST_FILE, JOURNAL_FILE].map((name) => `${name}.new`);
  for (const file of [...found, ...aside]) if (!known.has(file)) disk.remove(join(folder, file));
}

/** So many of the events, moved back to the end of a block, or on to it where the first block has more. */
function blockEnd(events: readonly TailEvent[], wanted: number): number {
  const height = (index: number): number | undefined => events[index]?.event.height;
  let count = wanted;
  while (count > 0 && height(count - 1) === height(count)) count -= 1;
  if (count > 0) return count;
  for (count = wanted; height(count - 1) === height(count); ) count += 1;
  return count;
}

/** Events of whole blocks as columns. */
export function tailColumns(events: readonly TailEvent[], accounts: AccountIndex): EventColumns {
  const firstSequence = events[0]?.event.sequence ?? sequence(0);
  const builder = new EventColumnsBuilder({ accounts, firstSequence, capacity: events.length });
  let transaction = 0;
  for (const [index, { event, txId }] of events.entries()) {
    const before = events[index - 1];
    if (before?.event.height !== event.height) transaction = 0;
    else if (before.txId !== txId) transaction += 1;
    builder.push(event, transaction);
  }
  return builder.columns();
}
