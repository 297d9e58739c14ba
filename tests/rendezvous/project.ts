import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** In the order in which they are appended to the contract: a Clarity function stands before its use in a constant. */
const parts = [
  'cast',
  'choices',
  'find-trade',
  'moves',
  'moves-for-others',
  'invariants',
  'invariants-of-the-log',
  'steps',
  'steps-of-listing',
  'steps-of-buying',
  'steps-of-batches',
];

/** The contract as it stands in `contracts/`. */
export function readContract(): Promise<string> {
  return readFile(join(root, 'contracts/energy-grid.clar'), 'utf8');
}

/**
 * Lays out the Clarinet project that Rendezvous expects, in a new folder: the project's own manifest, this folder's accounts, the given contract and,
 * beside it, the tests.
 */
export async function layOutProject(contract: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-rendezvous-'));
  await cp(join(root, 'Clarinet.toml'), join(folder, 'Clarinet.toml'));
  await cp(join(here, 'settings'), join(folder, 'settings'), { recursive: true });
  await mkdir(join(folder, 'contracts'));
  await writeFile(join(folder, 'contracts/energy-grid.clar'), contract);
  const sources = await Promise.all(parts.map((part) => readFile(join(here, 'clarity', `${part}.clar`), 'utf8')));
  await writeFile(join(folder, 'contracts/energy-grid.tests.clar'), sources.join('\n'));
  return folder;
}
