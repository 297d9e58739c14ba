import { join } from 'node:path';
import type { Disk } from '../data/recording/disk.ts';
import { chainedDigest, encodeRewind, encodeTurn, fileDigest, type JournalTurn, type Rewind } from './journal-turn.ts';
import { TURNS_FOLDER } from './run-head.ts';

/** Lines in a file, so that old ones can go while a run goes on. */
export const TURNS_A_FILE = 20_000;

export interface TurnWriterOptions {
  readonly disk: Disk;
  /** Of the run. */
  readonly folder: string;
  /** Of the run's head. */
  readonly headDigest: string;
  /** @default TURNS_A_FILE */
  readonly turnsAFile?: number;
  /** Hears that a file has been begun. */
  readonly onFile?: () => void;
}

/** Adds to the turns of a run; what is added is on the disk when this returns. */
export interface TurnWriter {
  add(turn: JournalTurn): void;
  /** Before the events that a reorg removes go from the recording: turns that are written already saw them. */
  rewind(rewind: Rewind): void;
}

/** With as many digits as a run can need, so that names sort as the turns do. */
const fileOf = (turn: number): string => `${TURNS_FOLDER}/${String(turn).padStart(10, '0')}.jsonl`;

export function openTurnWriter(options: TurnWriterOptions): TurnWriter {
  const { disk, folder, headDigest, turnsAFile = TURNS_A_FILE, onFile = () => {} } = options;
  disk.makeFolder(join(folder, TURNS_FOLDER));
  let file = '';
  let digest = '';
  let before: JournalTurn | null = null;
  let written = 0;

  /** Sees to it that there is room in a file. */
  function prepare(turn: number): void {
    if (file !== '' && written < turnsAFile) return;
    file = fileOf(turn);
    digest = fileDigest(headDigest, file);
    before = null;
    written = 0;
    onFile();
  }
  function write(text: string): void {
    digest = chainedDigest(digest, text);
    disk.append(join(folder, file), Buffer.from(`${digest} ${text}\n`));
    written += 1;
  }

  return {
    add(turn) {
      prepare(turn.request.turn);
      write(encodeTurn(turn, before));
      before = turn;
    },
    rewind(rewind) {
      prepare(rewind.turn);
      write(encodeRewind(rewind));
    },
  };
}
