import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Height, Principal, Sequence } from '../../src/core/index.ts';
import type { MarketSnapshot } from '../../src/market/index.ts';
import type { DecidedTurn, EngineSettings, TurnRequest } from '../../src/trading/index.ts';
import { createRecording } from '../data/recording/create-recording.ts';
import type { Disk } from '../data/recording/disk.ts';
import type { ChainBinding } from '../data/recording/manifest.ts';
import { finalHeight, type LogUpdate, recordUpdate } from '../data/recording/recorder.ts';
import { openRecordingWriter, type RecordingWriter } from '../data/recording/recording-writer.ts';
import { decidedOf, type Rewind } from './journal-turn.ts';
import { BROKEN_FILE, type RunHead, writeRunHead } from './run-head.ts';
import { pruneRuns } from './run-retention.ts';
import { strategyHash } from './strategy-hash.ts';
import { openTurnWriter, type TurnWriter } from './turn-writer.ts';

export interface RecordRunDeps {
  readonly disk: Disk;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Of this Wattmaker. */
  readonly version: string;
}

export interface RunToRecord {
  readonly chain: ChainBinding;
  readonly owner: Principal;
  readonly settings: EngineSettings;
  readonly grid: RunHead['grid'];
  readonly sending: RunHead['sending'];
  readonly finalDepth: number;
  readonly directory: string;
}

export interface RecordingPlace {
  readonly folder: string;
  readonly days: number;
  readonly maxMiB: number;
  /** @default as `openTurnWriter` */
  readonly turnsAFile?: number;
}

/** What the follower found before a turn. */
type TurnUpdate =
  | LogUpdate
  | {
      readonly kind: 'restarted';
      readonly height: Height;
      readonly sequence: Sequence;
      readonly snapshot: MarketSnapshot;
    };

export interface TurnToRecord {
  readonly update: TurnUpdate;
  readonly request: TurnRequest;
  readonly benched: readonly string[];
  readonly result: DecidedTurn;
}

/** A recording that is being written. */
interface OpenPart {
  readonly name: string;
  readonly events: RecordingWriter;
  readonly turns: TurnWriter;
}

/**
 * Records a live run: for every time that the bot read the market anew a recording of the events after that, and the turns
 * beside it. Nothing that happens to the disk gets as far as the bot: a recording that cannot be written on is marked, and
 * the next one begins when the market is read anew.
 */
export function recordRun(deps: RecordRunDeps, run: RunToRecord, place: RecordingPlace) {
  let part: OpenPart | null = null;
  let tip = 0;

  function begin(snapshot: MarketSnapshot): OpenPart {
    const { chain, owner, settings, grid, sending, directory } = run;
    const name = freeName(place.folder, `${stamp(deps.now())}-${settings.run}`);
    const folder = join(place.folder, name);
    const { sequence, digest, height } = snapshot.summary;
    createRecording(deps.disk, folder, {
      origin: { kind: 'chain', fromHeight: height + 1 },
      chain,
      owner,
      begin: { sequence, digest, snapshot },
    });
    const references = [...new Set(settings.accounts.map(({ strategy }) => strategy))];
    const headDigest = writeRunHead(deps.disk, folder, {
      wattmaker: deps.version,
      settings,
      strategies: references.map((reference) => ({ reference, sha256: strategyHash(reference, directory) })),
      directory,
      grid,
      sending,
    });
    const onFile = (): void => prune(name);
    const { turnsAFile } = place;
    const turns = openTurnWriter({
      disk: deps.disk,
      folder,
      headDigest,
      onFile,
      ...(turnsAFile === undefined ? {} : { turnsAFile }),
    });
    return { name, events: openRecordingWriter(folder, { disk: deps.disk }), turns };
  }

  function prune(current: string): void {
    try {
      pruneRuns({ ...place, nowMs: deps.now(), current });
    } catch (error) {
      deps.warn(`old recordings of runs cannot be removed: ${messageOf(error)}`);
    }
  }

  function write({ update, request, benched, result }: TurnToRecord): void {
    if ('snapshot' in update) {
      attempt('at its end', sealed);
      part = null;
      part = begin(update.snapshot);
    }
    // Without a part the last one broke; the events that are missing since then cannot be made up for.
    if (part === null) return;
    const { turn: number } = request;
    const rewound = update.kind === 'rewound' ? rewindOf(part.events, update.toSequence, number) : null;
    if (rewound !== null) part.turns.rewind(rewound);
    if (!('snapshot' in update)) recordUpdate(part.events, update, { depth: run.finalDepth });
    tip = request.height;
    part.turns.add({ request, sequence: update.sequence, benched, rewound, decided: decidedOf(result) });
  }

  /** Moves what no reorg takes back any more into segments. */
  function sealed(): void {
    part?.events.seal({ throughHeight: finalHeight(tip, run.finalDepth) });
  }

  /** Runs a step of the recording; where it fails, the part ends here. */
  function attempt(what: string, step: () => void): void {
    const name = part?.name;
    try {
      step();
    } catch (error) {
      const reason = messageOf(error);
      const broken = part?.name ?? name;
      part = null;
      deps.warn(
        `the recording of this run ${broken === undefined ? 'does not begin' : `ends in ${broken}`}, ${what}: ${reason}; trading goes on`,
      );
      if (broken !== undefined) mark(join(place.folder, broken), { what, reason });
    }
  }

  function mark(folder: string, why: { readonly what: string; readonly reason: string }): void {
    try {
      deps.disk.write(join(folder, BROKEN_FILE), Buffer.from(`${JSON.stringify(why)}\n`));
    } catch (error) {
      deps.warn(`${folder} cannot be marked as broken: ${messageOf(error)}`);
    }
  }

  return {
    note: (turn: TurnToRecord): void => attempt(`at turn ${turn.request.turn}`, () => write(turn)),
    close: (): void => attempt('at its end', sealed),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function rewindOf({ tail }: RecordingWriter, toSequence: Sequence, turn: number): Rewind {
  const removed = tail.filter(({ event }) => event.sequence > toSequence).map(({ hex }) => hex);
  return { turn, toSequence, removed };
}

/** A time as part of a file's name, to the second, UTC. */
const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

function freeName(folder: string, wanted: string): string {
  let name = wanted;
  for (let count = 2; existsSync(join(folder, name)); count += 1) name = `${wanted}-${String(count).padStart(3, '0')}`;
  return name;
}
