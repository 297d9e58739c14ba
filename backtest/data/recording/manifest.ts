import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  ConfigError,
  CorruptionError,
  type Principal,
  principal,
  type Sequence,
  sequence,
} from '../../../src/core/index.ts';
import type { MarketSnapshot } from '../../../src/market/index.ts';
import { type Disk, replaceFile } from './disk.ts';
import { snapshotSchema, snapshotToJson } from './snapshot-json.ts';

export const MANIFEST_FILE = 'manifest.json';
export const JOURNAL_FILE = 'journal.jsonl';
export const SEGMENTS_FOLDER = 'segments';
const FORMAT = 'wattmaker-recording';
const VERSION = 1;

const natural = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const segment = z.strictObject({
  /** Relative to the recording's folder. */
  file: z.string().regex(/^segments\/[0-9]+-[0-9]+\.arrow$/),
  firstSequence: natural.transform(sequence),
  events: z.int().min(1),
  firstHeight: natural,
  lastHeight: natural,
  /** The contract's digest after the segment's last event; null where there is no contract. */
  digest: digest.nullable(),
  bytes: natural,
  sha256: digest,
});

const chain = z.strictObject({ chainId: natural, genesis: digest, contractId: z.string() });

const origin = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('chain'),
    /** The height that was asked to begin at; null for the contract's first event. */
    fromHeight: natural.nullable(),
  }),
  z.strictObject({ kind: z.literal('generated'), seed: z.int(), parameters: z.record(z.string(), z.number()) }),
  z.strictObject({
    kind: z.literal('imported'),
    files: z.array(z.strictObject({ name: z.string(), sha256: digest })),
    parameters: z.record(z.string(), z.union([z.number(), z.string()])),
    /** What the files call the made-up addresses. */
    names: z.record(z.string(), z.string()),
  }),
]);

const manifest = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  origin,
  /** What chain and contract the events are of; null for those of none. */
  chain: chain.nullable(),
  owner: z.string().transform(principal),
  /** What the recording begins after. */
  begin: z.strictObject({
    sequence: natural.transform(sequence),
    digest: digest.nullable(),
    /** The market there; null before the contract's first event. */
    snapshot: snapshotSchema.nullable(),
  }),
  segments: z.array(segment),
});

export type SegmentEntry = z.output<typeof segment>;
export type RecordingOrigin = z.output<typeof origin>;

/** Which chain and contract a recording belongs to. */
export type ChainBinding = z.output<typeof chain>;

/** What a recording begins after: the event before its first, and the market at it. */
export interface RecordingBegin {
  readonly sequence: Sequence;
  readonly digest: string | null;
  readonly snapshot: MarketSnapshot | null;
}

/** The head of a recording: what it is of, where it begins, and its sealed segments. */
export interface Manifest {
  readonly origin: RecordingOrigin;
  readonly chain: ChainBinding | null;
  /** Who deployed the contract. */
  readonly owner: Principal;
  readonly begin: RecordingBegin;
  readonly segments: readonly SegmentEntry[];
}

/** Whether a folder holds a recording. */
export const isRecording = (folder: string): boolean => existsSync(join(folder, MANIFEST_FILE));

/**
 * @throws ConfigError where the folder holds no recording or one of another version, CorruptionError where its manifest
 * is damaged.
 */
export function readManifest(folder: string): Manifest {
  if (!isRecording(folder)) {
    throw new ConfigError(`expected a recording in "${folder}", was none`, {
      hints: ['`wattmaker data list FOLDER` shows the recordings in a folder; `record` and `data generate` make one.'],
    });
  }
  const path = join(folder, MANIFEST_FILE);
  const value = parseJson(path);
  const version = z.looseObject({ format: z.literal(FORMAT), version: z.int() }).safeParse(value);
  if (version.success && version.data.version !== VERSION) {
    throw new ConfigError(`expected a recording of version ${VERSION} in "${folder}", was ${version.data.version}`, {
      hints: ['Use the Wattmaker that wrote it, or a newer one.'],
    });
  }
  const parsed = manifest.safeParse(value);
  if (!parsed.success) throw new CorruptionError(`expected ${path} to be a manifest`, { cause: parsed.error });
  assertContiguous(path, parsed.data);
  return parsed.data;
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CorruptionError(`expected ${path} to be JSON`, { cause });
  }
}

function assertContiguous(path: string, { begin, segments }: Pick<Manifest, 'begin' | 'segments'>): void {
  let expected = begin.sequence + 1;
  for (const { file, firstSequence, events } of segments) {
    if (firstSequence !== expected) {
      throw new CorruptionError(`expected ${file} of ${path} to begin with event ${expected}, was ${firstSequence}`);
    }
    expected += events;
  }
}

/** Writes a manifest whole or not at all. */
export function writeManifest(disk: Disk, folder: string, value: Manifest): void {
  const { begin, ...rest } = value;
  const snapshot = begin.snapshot && snapshotToJson(begin.snapshot);
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...rest, begin: { ...begin, snapshot } }, null, 2);
  replaceFile(disk, join(folder, MANIFEST_FILE), Buffer.from(`${text}\n`));
}

/** Where the sealed segments end: the last sealed event, and the contract's digest there. */
export function sealedEnd({ begin, segments }: Manifest): {
  readonly sequence: Sequence;
  readonly digest: string | null;
} {
  const last = segments.at(-1);
  if (last === undefined) return { sequence: begin.sequence, digest: begin.digest };
  return { sequence: sequence(last.firstSequence + last.events - 1), digest: last.digest };
}

/**
 * The SHA-256 that names a recording's content: of what it is of, where it begins, its segments' hashes in order, and
 * the bytes of its tail's events. The same content cut into other segments has another.
 */
export function contentHash(value: Manifest, tail: readonly string[]): string {
  const { chain: binding, owner, begin, segments } = value;
  const hash = createHash('sha256');
  const snapshot = begin.snapshot && snapshotToJson(begin.snapshot);
  const { chainId = null, genesis = null, contractId = null } = binding ?? {};
  const head = [FORMAT, VERSION, chainId, genesis, contractId, owner, begin.sequence, begin.digest, snapshot];
  hash.update(`${JSON.stringify(head)}\n`);
  for (const { sha256 } of segments) hash.update(`${sha256}\n`);
  for (const hex of tail) hash.update(`${hex}\n`);
  return hash.digest('hex');
}
