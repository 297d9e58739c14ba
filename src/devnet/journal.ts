import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptionError, FatalError } from '../core/index.ts';
import type { ForgetReason } from './explorer.ts';
import { type Genesis, KNOWN_VERSIONS } from './genesis.ts';

/** Blocks without transactions, as one entry: the first one's time and the gaps to the next, run-length encoded, in seconds. */
export interface EmptyRun {
  readonly kind: 'empty';
  readonly height: number;
  readonly time: number;
  readonly gaps: readonly (readonly [seconds: number, count: number])[];
  /** The blocks' fork, where it is not 0. */
  readonly fork?: number;
}

export type JournalEntry =
  | { readonly kind: 'genesis'; readonly genesis: Genesis }
  | EmptyRun
  | {
      readonly kind: 'block';
      readonly height: number;
      readonly time: number;
      readonly fork?: number;
      /** Raw transactions in hex. */
      readonly transactions: readonly string[];
      /** Whether one of them broke its post-conditions: only then has a replay to be ready to roll back. */
      readonly guarded: boolean;
      readonly hash: string;
      readonly receipts: string;
    }
  | { readonly kind: 'pending'; readonly transaction: string; readonly receivedAt: number }
  | { readonly kind: 'dropped'; readonly txid: string; readonly reason: ForgetReason }
  | { readonly kind: 'mint'; readonly address: string; readonly amount: string }
  /** A reorganisation: the blocks above `height` are taken back; their transactions wait again. */
  | { readonly kind: 'reorg'; readonly height: number };

/** Where the chain writes down what it did. */
export interface Journal {
  /** Adds an entry; `durable` ones are on the disk when this returns. */
  append(entry: JournalEntry, options: { readonly durable: boolean }): void;
  /** Notes one more block without transactions; the next entry that is none of these ends the run. */
  appendEmpty(block: EmptyBlock): void;
  /** Begins anew with `genesis`. */
  discard(genesis: Genesis): void;
  close(): void;
}

export type EmptyBlock = Pick<EmptyRun, 'height' | 'time'> & { readonly fork: number };

export const memoryJournal: Journal = { append: () => {}, appendEmpty: () => {}, discard: () => {}, close: () => {} };

/** A run longer than this is written to the disk and another one begun. */
const RUN_LENGTH = 1000;
export const JOURNAL_FILE = 'chain.journal';

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
const lineOf = (entry: JournalEntry): string => {
  const text = JSON.stringify(entry);
  return `${checksum(text)} ${text}\n`;
};

/**
 * A file of one checksummed line per entry. The last line is rewritten in place while it is a growing run of empty
 * blocks, so a chain that idles for a day grows its journal by some dozens of lines.
 */
class FileJournal implements Journal {
  readonly #file: number;
  #end: number;
  #run: { readonly offset: number; entry: EmptyRun; length: number; lastTime: number } | undefined;

  constructor(path: string) {
    this.#file = openSync(path, existsSync(path) ? 'r+' : 'w+', 0o600);
    this.#end = fstatSync(this.#file).size;
  }

  append(entry: JournalEntry, { durable }: { readonly durable: boolean }): void {
    this.#run = undefined;
    this.#end += this.#write(this.#end, entry);
    if (durable) fsyncSync(this.#file);
  }

  appendEmpty({ height, time, fork }: EmptyBlock): void {
    const run = this.#run;
    if (run === undefined || run.length >= RUN_LENGTH) {
      if (run !== undefined) fsyncSync(this.#file);
      const entry: EmptyRun = { kind: 'empty', height, time, gaps: [], ...(fork === 0 ? {} : { fork }) };
      this.#run = { offset: this.#end, entry, length: 1, lastTime: time };
      this.#end += this.#write(this.#end, entry);
      return;
    }
    run.entry = { ...run.entry, gaps: withGap(run.entry.gaps, time - run.lastTime) };
    run.length += 1;
    run.lastTime = time;
    this.#end = run.offset + this.#write(run.offset, run.entry);
  }

  discard(genesis: Genesis): void {
    ftruncateSync(this.#file, 0);
    this.#end = 0;
    this.append({ kind: 'genesis', genesis }, { durable: true });
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #write(offset: number, entry: JournalEntry): number {
    const bytes = Buffer.from(lineOf(entry));
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, offset + written);
      }
    } catch (cause) {
      throw new FatalError('expected the journal to take another entry, was refused', { cause });
    }
    return bytes.length;
  }
}

function withGap(gaps: EmptyRun['gaps'], seconds: number): EmptyRun['gaps'] {
  const last = gaps.at(-1);
  if (last?.[0] !== seconds) return [...gaps, [seconds, 1]];
  return [...gaps.slice(0, -1), [seconds, last[1] + 1]];
}

/** The times of an empty run's blocks. */
export function runTimes({ time, gaps }: EmptyRun): number[] {
  const times = [time];
  for (const [seconds, count] of gaps) {
    for (let index = 0; index < count; index += 1) times.push((times.at(-1) ?? time) + seconds);
  }
  return times;
}

export const openJournal = (folder: string): Journal => new FileJournal(join(folder, JOURNAL_FILE));

/**
 * Reads the journal in `folder`; empty when there is none. A last line that was not written to its end is cut off.
 *
 * @throws CorruptionError when a line before the last is damaged, or when the journal is of another format.
 */
export function readJournal(folder: string): JournalEntry[] {
  const path = join(folder, JOURNAL_FILE);
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const entries: JournalEntry[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = bytes.indexOf(10, offset);
    const entry = end === -1 ? undefined : parseLine(bytes.toString('utf8', offset, end));
    if (entry === undefined) {
      const isLast = end === -1 || end === bytes.length - 1;
      if (!isLast) {
        throw new CorruptionError(`expected an intact journal, line ${entries.length + 1} of ${path} is damaged`, {
          hints: ['Start with --fresh to discard this chain, or put a copy of the file back.'],
        });
      }
      truncate(path, offset);
      break;
    }
    entries.push(entry);
    offset = end + 1;
  }
  checkHeader(path, entries[0]);
  return entries;
}

function parseLine(line: string): JournalEntry | undefined {
  const text = line.slice(17);
  return line.slice(0, 16) === checksum(text) ? (JSON.parse(text) as JournalEntry) : undefined;
}

function checkHeader(path: string, first: JournalEntry | undefined): void {
  if (first === undefined) return;
  if (first.kind === 'genesis' && KNOWN_VERSIONS.includes(first.genesis.version)) return;
  const found = first.kind === 'genesis' ? `version ${first.genesis.version}` : `a "${first.kind}" entry`;
  throw new CorruptionError(
    `expected ${path} to open with a genesis of version ${KNOWN_VERSIONS.join(' or ')}, was ${found}`,
    {
      hints: ['Start with --fresh to discard this chain.'],
    },
  );
}

function truncate(path: string, length: number): void {
  const file = openSync(path, 'r+');
  ftruncateSync(file, length);
  fsyncSync(file);
  closeSync(file);
}
