import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const copied = [
  'src',
  'tests',
  'strategies',
  'backtest',
  'contracts',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'Clarinet.toml',
];

/** A copy of the project in a folder of its own, for whoever changes its code to see what notices. */
export async function copyProject(root: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-copy-'));
  for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

export const removeCopy = (folder: string): Promise<void> => rm(folder, { recursive: true });
