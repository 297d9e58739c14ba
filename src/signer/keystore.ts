import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../core/index.ts';
import type { Key } from './key.ts';
import { DEFAULT_KDF_COST, type KdfCost, type KeyFile, openKey, parseKeyFile, sealKey } from './key-file.ts';

/** What can be known of a stored key without its password. */
export type StoredKey = Pick<KeyFile, 'name' | 'publicKey' | 'address' | 'embeddedOnly'>;

/** A folder of encrypted keys, one file each. */
export interface Keystore {
  readonly folder: string;
  list(): Promise<readonly StoredKey[]>;
  /** @throws ConfigError when there is no such key, or its file or folder can be read by others. */
  find(name: string): Promise<StoredKey>;
  /** @throws ConfigError as `find`, and for a wrong password. */
  unlock(name: string, password: string): Promise<Key>;
  /** Never overwrites. @throws ConfigError when a key of this name is stored already. */
  add(key: Key, password: string): Promise<StoredKey>;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** @throws ConfigError unless the name can be a file's and, in capitals with `_` for `-`, an environment variable's. */
export function keyName(text: string): string {
  if (!NAME.test(text)) {
    throw new ConfigError(`expected a key name of up to 40 small letters, digits and dashes, was "${text}"`);
  }
  return text;
}

export function openKeystore(folder: string, cost: KdfCost = DEFAULT_KDF_COST): Keystore {
  const pathOf = (name: string): string => join(folder, `${keyName(name)}.json`);

  async function read(name: string): Promise<KeyFile> {
    const path = pathOf(name);
    await assertPrivate(folder, '700');
    await assertPrivate(path, '600');
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      if (!isAbsent(cause)) throw unreadable(path, cause);
      throw new ConfigError(`expected a key named "${name}", found none in ${folder}`, {
        hints: ['See `wattmaker keys list`; make one with `wattmaker keys new` or `wattmaker keys import`.'],
      });
    }
    const file = parseKeyFile(text, path);
    if (file.name !== name) throw new ConfigError(`expected ${path} to hold key "${name}", was "${file.name}"`);
    return file;
  }

  return {
    folder,
    async list() {
      await assertPrivate(folder, '700');
      const names = await readdir(folder).catch((cause: unknown) => {
        if (isAbsent(cause)) return [];
        throw unreadable(folder, cause);
      });
      const keys = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
      return Promise.all(
        keys
          .filter((name) => NAME.test(name))
          .sort()
          .map(async (name) => stored(await read(name))),
      );
    },
    async find(name) {
      return stored(await read(name));
    },
    async unlock(name, password) {
      return openKey(await read(name), password);
    },
    async add(key, password) {
      const path = pathOf(key.name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await assertPrivate(folder, '700');
      const file = await sealKey(key, password, cost);
      await writeNew(path, `${JSON.stringify(file, null, 2)}\n`);
      return stored(file);
    },
  };
}

const stored = ({ name, publicKey, address, embeddedOnly }: KeyFile): StoredKey => ({
  name,
  publicKey,
  address,
  embeddedOnly,
});

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const unreadable = (path: string, cause: unknown): ConfigError =>
  new ConfigError(`expected to be able to use ${path}, was refused`, { cause });

/** @throws ConfigError, with the command that mends it, when `path` is another user's, or others may read or enter it. */
async function assertPrivate(path: string, mode: '600' | '700'): Promise<void> {
  if (process.platform === 'win32') return;
  const status = await stat(path).catch((cause: unknown) => {
    if (isAbsent(cause)) return null;
    throw unreadable(path, cause);
  });
  if (status === null) return;
  const user = process.getuid?.();
  if (user !== undefined && status.uid !== user) {
    throw new ConfigError(`expected ${path} to be owned by this user (${user}), was by user ${status.uid}`, {
      hints: [`chown ${user} '${path}'`],
    });
  }
  if ((status.mode & 0o077) === 0) return;
  const was = (status.mode & 0o777).toString(8).padStart(3, '0');
  throw new ConfigError(`expected ${path} to be closed to other users (mode ${mode}), was ${was}`, {
    hints: [`chmod ${mode} '${path}'`],
  });
}

/** Writes the whole file or none, and fails when one is there. */
async function writeNew(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // The process's umask may have closed too much; never opens it to others.
    await chmod(temporary, 0o600);
    await link(temporary, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unreadable(path, cause);
    throw new ConfigError(`expected a new key name, was one whose file is there already: ${path}`, {
      hints: ['Choose another name, or move the old file away first: it is never overwritten.'],
    });
  } finally {
    await unlink(temporary);
  }
}
