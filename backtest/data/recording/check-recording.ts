import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, eventDigest } from '../../../src/contract/index.ts';
import { BaseError, CorruptionError } from '../../../src/core/index.ts';
import type { MarketState } from '../../../src/market/index.ts';
import { AccountIndex } from '../accounts.ts';
import { eventsOf } from '../columns-builder.ts';
import { type EventColumns, kindOfTopic } from '../event-columns.ts';
import { columnParts, openingMarket, type Recording } from './open-recording.ts';

/** One look at the parts of a recording in their order. @throws CorruptionError for what cannot be. */
type Check = (columns: EventColumns) => void;

export interface CheckDeps {
  /** Begins to fold events onto a market; the columns number their accounts by `accounts`. */
  readonly beginFold: (opening: MarketState, accounts: AccountIndex) => Check;
  /** Hears how many events are checked. */
  readonly onProgress?: (events: number) => void;
}

export interface CheckReport {
  /** What is wrong, a sentence each; empty where nothing is. */
  readonly problems: readonly string[];
  readonly events: number;
  /** How many events there are of each topic. */
  readonly topics: Readonly<Record<string, number>>;
  /** Whether the events were compared with the contract's digest; there is none where they are of no contract. */
  readonly digest: boolean;
}

/**
 * Checks all that a recording says of itself: the hashes of its files, the order of its events, the contract's digest over
 * them, and that folding them works. Each check goes on to its first problem.
 */
export function checkRecording(deps: CheckDeps, recording: Recording): CheckReport {
  const { onProgress = () => {} } = deps;
  const { folder, manifest } = recording;
  const problems: string[] = [];
  const holds = (check: () => void): boolean => {
    try {
      check();
      return true;
    } catch (error) {
      if (!(error instanceof BaseError)) throw error;
      problems.push(error.message);
      return false;
    }
  };
  for (const { file, sha256 } of manifest.segments) holds(() => checkHash(join(folder, file), sha256));
  const accounts = new AccountIndex();
  const kinds = new Float64Array(256);
  let checks = [
    orderCheck(),
    deps.beginFold(openingMarket(manifest), accounts),
    ...(manifest.chain === null ? [] : [digestCheck(recording)]),
  ];
  let events = 0;
  holds(() => {
    for (const columns of columnParts(recording, { accounts, reuseMemory: true })) {
      checks = checks.filter((check) => holds(() => check(columns)));
      for (let row = 0; row < columns.length; row += 1) {
        const kind = columns.kind[row] as number;
        kinds[kind] = (kinds[kind] as number) + 1;
      }
      events += columns.length;
      onProgress(events);
    }
  });
  const topics = Object.entries(kindOfTopic).map(([topic, kind]) => [topic, kinds[kind]]);
  return { problems, events, topics: Object.fromEntries(topics), digest: manifest.chain !== null };
}

const CHUNK = 1 << 20;

function checkHash(path: string, sha256: string): void {
  const hash = createHash('sha256');
  const bytes = Buffer.alloc(CHUNK);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new CorruptionError(`expected the segment ${path}, was not to be opened`, { cause });
  }
  try {
    for (let read = readSync(file, bytes); read > 0; read = readSync(file, bytes)) hash.update(bytes.subarray(0, read));
  } finally {
    closeSync(file);
  }
  const was = hash.digest('hex');
  if (was !== sha256) throw new CorruptionError(`expected ${path} to have the SHA-256 ${sha256}, was ${was}`);
}

/** Every event has a kind, and blocks follow each other. */
function orderCheck(): Check {
  const known = new Set<number>(Object.values(kindOfTopic));
  let before = 0;
  return ({ kind, height, length, firstSequence }) => {
    for (let row = 0; row < length; row += 1) {
      const at = height[row] as number;
      if (!known.has(kind[row] as number)) {
        throw new CorruptionError(`expected event ${firstSequence + row} to have a kind, was ${kind[row]}`);
      }
      if (at < before) {
        throw new CorruptionError(`expected event ${firstSequence + row} at height ${before} or above, was at ${at}`);
      }
      before = at;
    }
  };
}

/** The events' own bytes, encoded anew, lead to the digest that the contract had at the end of each part. */
function digestCheck({ manifest, tail }: Recording): Check {
  const ends = [...manifest.segments.map(({ digest }) => digest), tail.at(-1)?.digest ?? null];
  let digest = manifest.begin.digest ?? '';
  let part = 0;
  return (columns) => {
    for (const event of eventsOf(columns)) digest = eventDigest(digest, encodeEvent(event));
    const expected = ends[part];
    part += 1;
    if (digest === expected) return;
    const last = columns.firstSequence + columns.length - 1;
    throw new CorruptionError(`expected the contract's digest ${expected} after event ${last}, was ${digest}`);
  };
}
