import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileDisk, replaceFile } from '../../../backtest/data/recording/disk.ts';
import type { Outcome } from '../../../backtest/optimize/outcome.ts';
import { ConfigError, CorruptionError } from '../../core/index.ts';
import { fromExactJson, toExactJson } from './exact-json.ts';

/** All that decides what a study comes to, by name. */
export type StudyIdentity = Readonly<Record<string, unknown>>;

/** The trials of a study on the disk: every one that is finished, at once. */
export interface StudyFolder {
  /** Trials that an earlier run finished. */
  readonly found: number;
  get(key: string): Outcome | undefined;
  /** Stores a finished trial; it is on the disk when this returns. Answers it as it will be read again. */
  add(key: string, outcome: Outcome): Outcome;
}

const IDENTITY_FILE = 'study.json';
const TRIALS_FILE = 'trials.jsonl';
const HASH_LENGTH = 16;

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);

/** Names a study by what it is. */
export const studyId = (identity: StudyIdentity): string => checksum(toExactJson(identity));

/**
 * Opens a study's folder, or makes it. The caller holds its lock.
 *
 * @throws ConfigError where the folder holds another study, naming what differs; CorruptionError where a trial is damaged.
 */
export function openStudy(folder: string, identity: StudyIdentity): StudyFolder {
  const path = join(folder, IDENTITY_FILE);
  const text = toExactJson(identity);
  if (existsSync(path)) assertSame(folder, JSON.parse(readFileSync(path, 'utf8')), JSON.parse(text));
  else replaceFile(fileDisk, path, Buffer.from(`${text}\n`));
  const trialsPath = join(folder, TRIALS_FILE);
  const trials = readTrials(trialsPath);
  return {
    found: trials.size,
    get: (key) => trials.get(key),
    add(key, outcome) {
      const line = toExactJson({ key, outcome });
      fileDisk.append(trialsPath, Buffer.from(`${checksum(line)} ${line}\n`));
      const stored = parsed(line).outcome;
      trials.set(key, stored);
      return stored;
    },
  };
}

function assertSame(folder: string, stored: StudyIdentity, asked: StudyIdentity): void {
  const names = [...new Set([...Object.keys(stored), ...Object.keys(asked)])];
  const differing = names.filter((name) => JSON.stringify(stored[name]) !== JSON.stringify(asked[name]));
  if (differing.length === 0) return;
  const shown = differing.map(
    (name) =>
      `${name} (there ${JSON.stringify(stored[name]) ?? 'none'}, here ${JSON.stringify(asked[name]) ?? 'none'})`,
  );
  throw new ConfigError(`expected the study in "${folder}" to be this one, but it differs in ${shown.join(', ')}`, {
    hints: ['Ask as before to go on with it, or name another folder with --study.'],
  });
}

const parsed = (line: string): { readonly key: string; readonly outcome: Outcome } => fromExactJson(line) as never;

/** A last line that was not written to its end is cut off. */
function readTrials(path: string): Map<string, Outcome> {
  const trials = new Map<string, Outcome>();
  if (!existsSync(path)) return trials;
  const bytes = readFileSync(path);
  let offset = 0;
  for (let number = 1; offset < bytes.length; number += 1) {
    const end = bytes.indexOf(10, offset);
    const text = bytes.toString('utf8', offset, end === -1 ? bytes.length : end);
    const line = text.slice(HASH_LENGTH + 1);
    if (end === -1 || checksum(line) !== text.slice(0, HASH_LENGTH)) {
      if (end !== -1 && end < bytes.length - 1) {
        throw new CorruptionError(`expected an intact trial in line ${number} of ${path}, was damaged`, {
          hints: ['Remove the line: its trial is played again.'],
        });
      }
      truncateSync(path, offset);
      break;
    }
    const { key, outcome } = parsed(line);
    trials.set(key, outcome);
    offset = end + 1;
  }
  return trials;
}
