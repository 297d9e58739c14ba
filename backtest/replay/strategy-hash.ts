import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { strategyFile } from '../../src/trading/host/index.ts';

const CODE = /\.(ts|mts|js|mjs)$/;
const TEST = /\.test\.[^.]+$/;

/**
 * The SHA-256 of a strategy's code: of its file, or of all code beside an `index` file, tests left out. Null where it
 * cannot be read.
 */
export function strategyHash(reference: string, directory: string): string | null {
  try {
    const file = strategyFile(reference, directory);
    const hash = createHash('sha256');
    for (const path of filesOf(file))
      hash
        .update(`${basename(path)}\n`)
        .update(readFileSync(path))
        .update('\n');
    return hash.digest('hex');
  } catch {
    return null;
  }
}

function filesOf(file: string): string[] {
  if (!basename(file).startsWith('index.')) return [file];
  const names = readdirSync(dirname(file)).filter((name) => CODE.test(name) && !TEST.test(name));
  return names.sort().map((name) => join(dirname(file), name));
}
