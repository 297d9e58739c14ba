import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../../../core/index.ts';

interface WriteOptions {
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
}

/**
 * Finds out before long work whether a page can be written.
 *
 * @throws ConfigError where there is no folder for it, or something is there already.
 */
export function assertWritable(file: string, { force }: WriteOptions): void {
  const folder = dirname(file);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new ConfigError(`expected a file in a folder that exists, was "${file}"`, {
      hints: [`Make the folder ${folder} first.`],
    });
  }
  if (!existsSync(file)) return;
  if (!statSync(file).isFile()) throw new ConfigError(`expected a file for the report, was the folder "${file}"`);
  if (!force) throw taken(file);
}

const taken = (file: string): ConfigError =>
  new ConfigError(`expected a new file for the report, was "${file}", which is there already`, {
    hints: ['Name another one, or replace it with --force.'],
  });

/** @throws ConfigError where the file has come to be meanwhile. */
export function writePage(file: string, page: string, { force }: WriteOptions): void {
  try {
    writeFileSync(file, page, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(file);
    throw error;
  }
}
