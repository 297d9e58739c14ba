import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, CorruptionError } from '../../src/core/index.ts';
import { isRecording } from '../data/recording/manifest.ts';
import { openRecording, type Recording } from '../data/recording/open-recording.ts';
import { chainedDigest, decodeLine, fileDigest, type JournalTurn, type Rewind } from './journal-turn.ts';
import { BROKEN_FILE, RUN_FILE, type RunHead, readRunHead, TURNS_FOLDER } from './run-head.ts';

/** A recorded run: its events, and the turns that were taken on them. */
export interface RecordedRun {
  readonly folder: string;
  readonly head: RunHead;
  readonly recording: Recording;
  /** Why it ends too early; null where it does not, as far as its writer could tell. */
  readonly broken: string | null;
  /** The turns in their order, read as they are asked for. */
  turns(): Iterable<ReadTurn>;
  /** The reorgs in their order, one after the last turn included. */
  rewinds(): Iterable<Rewind>;
}

export interface ReadTurn {
  readonly turn: JournalTurn;
  /** Whether its line, and one of a reorg before it, are as they were written. */
  readonly intact: boolean;
  /** The digest that its decisions were recorded with; null where there were none. */
  readonly recordedDigest: string | null;
}

/**
 * The folders of recorded runs that a folder is or holds, oldest first.
 *
 * @throws ConfigError where there is none.
 */
export function runsIn(folder: string): readonly string[] {
  if (existsSync(join(folder, RUN_FILE))) return [folder];
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const runs = names.map((name) => join(folder, name)).filter((path) => existsSync(join(path, RUN_FILE)));
  if (runs.length > 0) return runs;
  const what = isRecording(folder) ? 'a recording of a chain, without the turns of a bot' : 'none';
  throw new ConfigError(`expected a recorded run in "${folder}", was ${what}`, {
    hints: ['Live runs record themselves in the folder `recordings` of their data folder.'],
  });
}

/**
 * @throws ConfigError where there is no run, or one of another version, CorruptionError where its parts are damaged.
 */
export function openRun(folder: string): RecordedRun {
  const { head, digest } = readRunHead(folder);
  const broken = join(folder, BROKEN_FILE);
  return {
    folder,
    head,
    recording: openRecording(folder),
    broken: existsSync(broken) ? readFileSync(broken, 'utf8').trim() : null,
    *turns() {
      for (const line of readLines(folder, digest)) if ('turn' in line) yield line;
    },
    *rewinds() {
      for (const line of readLines(folder, digest)) if ('rewind' in line) yield line.rewind;
    },
  };
}

const LINE = /^([0-9a-f]{32}) (\{.*\})$/;

type ReadLine = ReadTurn | { readonly rewind: Rewind };

function* readLines(folder: string, headDigest: string): Generator<ReadLine> {
  const names = existsSync(join(folder, TURNS_FOLDER)) ? readdirSync(join(folder, TURNS_FOLDER)).sort() : [];
  for (const [index, name] of names.entries()) {
    yield* readFile(folder, `${TURNS_FOLDER}/${name}`, { headDigest, isLast: index === names.length - 1 });
  }
}

/** The lines of one file; a last line of the last file that was not written to its end does not count. */
function* readFile(
  folder: string,
  file: string,
  { headDigest, isLast }: { readonly headDigest: string; readonly isLast: boolean },
): Generator<ReadLine> {
  const lines = readFileSync(join(folder, file), 'utf8').split('\n');
  const end = lines.pop();
  if (end !== '' && !isLast) throw new CorruptionError(`expected ${join(folder, file)} to end with a whole line`);
  let digest = fileDigest(headDigest, file);
  let before: JournalTurn | null = null;
  let rewound: Rewind | null = null;
  let intact = true;
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 1} of ${join(folder, file)}`;
    const [, stored, text = ''] = LINE.exec(line) ?? [];
    if (stored === undefined) throw new CorruptionError(`expected a turn in ${where}, is damaged`);
    digest = chainedDigest(digest, text);
    intact &&= digest === stored;
    // Each break of the chain is told once.
    digest = stored;
    const decoded = decodeLine(text, { turn: before, rewound }, where);
    if (decoded.kind === 'rewind') {
      rewound = decoded.rewind;
      yield { rewind: rewound };
      continue;
    }
    const { turn, recordedDigest } = decoded;
    yield { turn, intact, recordedDigest };
    before = turn;
    rewound = null;
    intact = true;
  }
}
