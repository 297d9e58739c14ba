import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigError,
  CorruptionError,
  type Height,
  height,
  principal,
  type Sequence,
  sequence,
} from '../../../src/core/index.ts';
import { emptyMarket, type MarketState, marketFromSnapshot } from '../../../src/market/index.ts';
import { AccountIndex } from '../accounts.ts';
import { type ColumnName, Columns, columnNames, columnTypes, type EventColumns } from '../event-columns.ts';
import { readColumns, readLayout, type SegmentFile, type SegmentLayout } from '../segment/read-segment.ts';
import { readJournal, type TailEvent } from './journal.ts';
import { contentHash, JOURNAL_FILE, type Manifest, readManifest, type SegmentEntry, sealedEnd } from './manifest.ts';
import { tailColumns } from './recording-writer.ts';

/** A recording as it was when it was opened: the event log of a span of blocks. */
export interface Recording {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Events that are not in a segment yet; a reorg may take them back. */
  readonly tail: readonly TailEvent[];
  /** Of all events, the tail's included. */
  readonly events: number;
  readonly firstSequence: Sequence;
  /** SHA-256 that names the content. */
  readonly hash: string;
}

/**
 * Opens a recording for reading; it may be written on meanwhile. Checks that the parts follow each other; `checkRecording`
 * checks what is in them.
 *
 * @throws ConfigError where there is no recording, CorruptionError where its parts do not fit together.
 */
export function openRecording(folder: string): Recording {
  const { manifest, tail } = readConsistently(folder);
  const sealed = sealedEnd(manifest).sequence;
  return {
    folder,
    manifest,
    tail,
    events: sealed - manifest.begin.sequence + tail.length,
    firstSequence: sequence(manifest.begin.sequence + 1),
    hash: contentHash(
      manifest,
      tail.map(({ hex }) => hex),
    ),
  };
}

/** A writer may seal between the reading of the manifest and of the journal: then both are read again. */
function readConsistently(folder: string): Pick<Recording, 'manifest' | 'tail'> {
  for (;;) {
    const manifest = readManifest(folder);
    const attempt = attemptTail(folder, manifest);
    if (readManifest(folder).segments.length !== manifest.segments.length) continue;
    if (attempt instanceof Error) throw attempt;
    return { manifest, tail: attempt };
  }
}

function attemptTail(folder: string, manifest: Manifest): readonly TailEvent[] | Error {
  try {
    return readJournal(join(folder, JOURNAL_FILE), sealedEnd(manifest)).events;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

export interface LoadOptions {
  /** Put the columns into memory that several threads can share. @default false */
  readonly shared?: boolean;
}

/**
 * All events of a recording as columns.
 *
 * @throws CorruptionError for a segment file that is not the one that was sealed, as far as its size and head tell.
 */
export function loadColumns(recording: Recording, options: LoadOptions = {}): EventColumns {
  const { manifest, tail, events } = recording;
  const columns = emptyColumns(recording.firstSequence, events, options);
  let row = 0;
  for (const segment of manifest.segments) {
    loadSegment(recording, segment, { columns, row });
    row += segment.events;
  }
  if (tail.length > 0) copyColumns(tailColumns(tail, columns.accounts), columns, row);
  return columns;
}

export interface PartOptions {
  /** What numbers the accounts of all parts. @default a new one */
  readonly accounts?: AccountIndex;
  /** Read each part into the memory of the part before the last, which is gone then. @default false */
  readonly reuseMemory?: boolean;
  /** Leave out parts without an event in these blocks. @default none is left out */
  readonly span?: HeightSpan;
}

/** Blocks from one height to another, both included. */
export interface HeightSpan {
  readonly from: Height;
  readonly to: Height;
}

/** The events in parts of whole blocks, oldest first: a segment each, then the tail. */
export function* columnParts(recording: Recording, options: PartOptions = {}): Generator<EventColumns> {
  const { accounts = new AccountIndex(), reuseMemory = false, span } = options;
  const segments = recording.manifest.segments.filter(
    ({ firstHeight, lastHeight }) => span === undefined || (firstHeight <= span.to && lastHeight >= span.from),
  );
  const rows = segments.reduce((most, { events }) => Math.max(most, events), 0);
  const memory = [0, 1].map(() => (reuseMemory ? emptyColumns(sequence(0), rows, {}) : null));
  for (const [index, segment] of segments.entries()) {
    const { firstSequence, events: length } = segment;
    const room = memory[index % 2] ?? emptyColumns(firstSequence, length, {});
    const columns = new Columns({ firstSequence, length, accounts }, room);
    loadSegment(recording, segment, { columns, row: 0 });
    yield columns;
  }
  const begun = recording.tail[0]?.event.height;
  if (begun !== undefined && (span === undefined || begun <= span.to)) yield tailColumns(recording.tail, accounts);
}

/** The heights of a recording's first and last event; null where it has none. */
export function recordingHeights({
  manifest,
  tail,
}: Recording): { readonly first: Height; readonly last: Height } | null {
  const { segments } = manifest;
  const first = segments[0]?.firstHeight ?? tail[0]?.event.height;
  const last = tail.at(-1)?.event.height ?? segments.at(-1)?.lastHeight;
  return first === undefined || last === undefined ? null : { first: height(first), last: height(last) };
}

/** What a backtest plays: a recording's events, as often as it asks for them, without all of them in memory. */
export interface RecordedEvents {
  /** The market that the first event happens to. */
  readonly opening: MarketState;
  /** Numbers the accounts of all columns, and holds their names from the start. */
  readonly accounts: AccountIndex;
  /** All of them, or at least those in a span. */
  readonly columns: (span?: HeightSpan) => Iterable<EventColumns>;
  readonly firstHeight: Height;
  readonly lastHeight: Height;
}

/**
 * A recording as a backtest takes it. Columns are read as they are asked for; those before the last two are gone.
 *
 * @throws ConfigError for a recording without events.
 */
export function recordedEvents(recording: Recording): RecordedEvents {
  const { folder, manifest, tail } = recording;
  const heights = recordingHeights(recording);
  if (heights === null) throw new ConfigError(`expected events in "${folder}", was none`);
  const accounts = new AccountIndex();
  for (const segment of manifest.segments) {
    const [, ...names] = withSegment(recording, segment, (_, layout) => layout).names;
    for (const name of names) accounts.numberOf(principal(name));
  }
  if (tail.length > 0) tailColumns(tail, accounts);
  return {
    opening: openingMarket(manifest),
    accounts,
    columns: (span) => columnParts(recording, { accounts, reuseMemory: true, ...(span === undefined ? {} : { span }) }),
    firstHeight: heights.first,
    lastHeight: heights.last,
  };
}

/** The market that a recording's first event happens to. */
export function openingMarket({ owner, begin }: Manifest): MarketState {
  return begin.snapshot === null ? emptyMarket({ owner }) : marketFromSnapshot(begin.snapshot);
}

function emptyColumns(firstSequence: Sequence, length: number, { shared = false }: LoadOptions): EventColumns {
  const arrays = columnNames.map((name) => {
    const bytes = length * columnTypes[name].BYTES_PER_ELEMENT;
    const Column = columnTypes[name] as new (buffer: ArrayBufferLike) => EventColumns[ColumnName];
    return [name, new Column(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes))];
  });
  return new Columns({ length, firstSequence, accounts: new AccountIndex() }, Object.fromEntries(arrays));
}

function copyColumns(from: EventColumns, to: EventColumns, at: number): void {
  for (const name of columnNames) to[name].set(from[name].subarray(0, from.length), at);
}

function loadSegment(
  recording: Recording,
  segment: SegmentEntry,
  { columns, row }: { readonly columns: EventColumns; readonly row: number },
): void {
  withSegment(recording, segment, (file, layout) => readColumns(file, layout, columns, row));
}

/** Opens a segment's file for the length of an action, as far as its size and its rows are those that were sealed. */
function withSegment<T>(
  { folder }: Recording,
  segment: SegmentEntry,
  action: (file: SegmentFile, layout: SegmentLayout) => T,
): T {
  const path = join(folder, segment.file);
  const descriptor = openFile(path);
  try {
    const { size } = fstatSync(descriptor);
    if (size !== segment.bytes) {
      throw new CorruptionError(`expected ${path} to have ${segment.bytes} bytes, was ${size}`);
    }
    const file = { path, descriptor };
    const layout = readLayout(file);
    if (layout.rows !== segment.events) {
      throw new CorruptionError(`expected ${path} to hold ${segment.events} events, was ${layout.rows}`);
    }
    return action(file, layout);
  } finally {
    closeSync(descriptor);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new CorruptionError(`expected the segment ${path}, was not to be opened`, { cause });
  }
}
