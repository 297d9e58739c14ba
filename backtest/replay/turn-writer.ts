import { join } from 'node:path';
import type { Disk } from '../data/recording/disk.ts';
import { chainedDigest, encodeTurn, fileDigest, type JournalTurn } from './journal-turn.ts';
import { TURNS_FOLDER } from './run-head.ts';

/** Turns in a file, so that old ones can go while a run goes on. */
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

/** Adds turns to a run; each is on the disk when this returns. */
export type TurnWriter = (turn: JournalTurn) => void;

/** With as many digits as a run can need, so that names sort as the turns do. */
const fileOf = (turn: number): string => `${TURNS_FOLDER}/${String(turn).padStart(10, '0')}.jsonl`;

export function openTurnWriter(options: TurnWriterOptions): TurnWriter {
  const { disk, folder, headDigest, turnsAFile = TURNS_A_FILE, onFile = () => {} } = options;
  disk.makeFolder(join(folder, TURNS_FOLDER));
  let file = '';
  let digest = '';
  let before: JournalTurn | null = null;
  let written = 0;
  return (turn) => {
    if (file === '' || written >= turnsAFile) {
      file = fileOf(turn.request.turn);
      digest = fileDigest(headDigest, file);
      before = null;
      written = 0;
      onFile();
    }
    const text = encodeTurn(turn, before);
    digest = chainedDigest(digest, text);
    disk.append(join(folder, file), Buffer.from(`${digest} ${text}\n`));
    before = turn;
    written += 1;
  };
}
