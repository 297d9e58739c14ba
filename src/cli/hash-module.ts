import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const CODE = /\.(ts|mts|js|mjs)$/;
const TEST = /\.test\.[a-z]+$/;

/**
 * SHA-256 of a module's code: of the file, or of all code in the folder of an `index` file but for its tests. What a lone
 * file imports is not in it.
 */
export function hashOfModule(file: string): string {
  const hash = createHash('sha256');
  for (const path of filesOf(file)) {
    const code = readFileSync(path);
    hash.update(`${basename(path)} ${code.byteLength}\n`).update(code);
  }
  return hash.digest('hex');
}

function filesOf(file: string): readonly string[] {
  if (!/^index\./.test(basename(file))) return [file];
  const folder = dirname(file);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => CODE.test(name) && !TEST.test(name) && !name.includes('node_modules'))
    .sort()
    .map((name) => join(folder, name));
}
