import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Principal } from '../../core/index.ts';
import {
  addressOf,
  type Key,
  type KeySource,
  newKey,
  openKeystore,
  type StoredKey,
  wipeKey,
} from '../../signer/index.ts';

/** Where the demo's keys are, for whoever must unlock some of them in a process of its own. */
export interface DemoKeystore {
  readonly folder: string;
  readonly password: string;
}

/** The password is random and as strong as a key, so stretching it adds nothing but waiting. */
const COST = { n: 2 ** 10, r: 8, p: 1 } as const;

/**
 * Opens the demo's keystore, which its first start makes with a random password beside it; both only for this user, and
 * good for nothing but the embedded chain of the same folder.
 */
export async function openDemoKeystore(folder: string): Promise<DemoKeystore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const passwordFile = join(folder, 'password');
  const stored = await readFile(passwordFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (stored !== null) return { folder, password: stored.trim() };
  const password = randomBytes(32).toString('hex');
  const handle = await open(passwordFile, 'wx', 0o600);
  try {
    await handle.writeFile(`${password}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { folder, password };
}

/** The named keys in their order, locked; those that are missing are made, as random as any. */
export async function findDemoKeys({ folder, password }: DemoKeystore, names: readonly string[]): Promise<StoredKey[]> {
  const keystore = openKeystore(folder, COST);
  const present = new Map((await keystore.list()).map((key) => [key.name, key]));
  return Promise.all(
    names.map(async (name) => {
      const known = present.get(name);
      if (known !== undefined) return known;
      const key = newKey(name);
      try {
        return await keystore.add(key, password);
      } finally {
        wipeKey(key);
      }
    }),
  );
}

/** Unlocks the named keys in their order; for a process that signs with them itself. */
export function unlockDemoKeys({ folder, password }: DemoKeystore, names: readonly string[]): Promise<Key[]> {
  const keystore = openKeystore(folder, COST);
  return Promise.all(names.map((name) => keystore.unlock(name, password)));
}

/** The key's address on the embedded chain. */
export const demoAddress = ({ publicKey }: Pick<Key, 'publicKey'>): Principal => addressOf(publicKey, 'embedded');

/** Where a signer's process finds the named keys. */
export const demoKeySources = ({ folder, password }: DemoKeystore, names: readonly string[]): readonly KeySource[] =>
  names.map((name) => ({ kind: 'stored', folder, name, password }));
