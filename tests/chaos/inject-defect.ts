import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Defect } from './defects.ts';

/**
 * The files of the project that a defect changes, with the defect in them, by their paths.
 * @throws Error where the code that it replaces is not there any more
 */
export async function withDefect(root: string, { what, edits }: Defect): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const before = files.get(file) ?? (await readFile(join(root, file), 'utf8'));
    if (!before.includes(find)) throw new Error(`${what}: expected to find "${find}" in ${file}`);
    files.set(
      file,
      before.replace(find, () => replace),
    );
  }
  return files;
}
