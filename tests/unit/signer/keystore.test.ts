import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressOf, keyFromText, openKeystore } from '../../../src/signer/index.ts';

const secret = '5f'.repeat(32);
const password = 'correct horse battery';
const quick = { n: 2 ** 10, r: 8, p: 1 };

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'keystore-')), 'keys');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const store = () => openKeystore(folder, quick);
const aKey = (name = 'alice') => keyFromText({ name, text: secret });
const pathOf = (name: string) => join(folder, `${name}.json`);

describe('the keystore', () => {
  it('gives back the key it was given, for its password', async () => {
    await store().add(aKey(), password);
    const key = await store().unlock('alice', password);
    expect(key).toEqual(aKey());
  });

  it('lists keys without a password, by name', async () => {
    expect(await store().list()).toEqual([]);
    await store().add(aKey('bob'), password);
    await store().add(aKey('alice'), password);
    const keys = await store().list();
    expect(keys.map((key) => key.name)).toEqual(['alice', 'bob']);
    expect(keys[0]?.address.mainnet).toBe(addressOf(aKey().publicKey, 'mainnet'));
  });

  it('writes files only the user can read, with neither secret nor password in them', async () => {
    await store().add(aKey(), password);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(pathOf('alice'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['alice.json']);
    const text = await readFile(pathOf('alice'), 'utf8');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(password);
  });

  it('encrypts the same key differently each time', async () => {
    await store().add(aKey('one'), password);
    await store().add(aKey('two'), password);
    const cipherOf = async (name: string) => JSON.parse(await readFile(pathOf(name), 'utf8')).cipher.ciphertext;
    expect(await cipherOf('one')).not.toBe(await cipherOf('two'));
  });

  it('answers a wrong password with one clear line and no secret', async () => {
    await store().add(aKey(), password);
    const failure = await store()
      .unlock('alice', 'wrong horse')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ConfigError', message: expect.stringContaining('password of key "alice"') });
    expect((failure as Error).message).not.toContain('\n');
    expect(inspect(failure)).not.toContain('wrong horse');
  });

  it.each([
    ['use', (file: Record<string, unknown>) => ({ ...file, embeddedOnly: true })],
    ['cost', (file: Record<string, unknown>) => ({ ...file, kdf: { ...(file.kdf as object), n: 2 ** 11 } })],
  ])('refuses a file whose %s was altered', async (_, alter) => {
    await store().add(aKey(), password);
    const file = JSON.parse(await readFile(pathOf('alice'), 'utf8'));
    await writeFile(pathOf('alice'), JSON.stringify(alter(file)));
    await expect(store().unlock('alice', password)).rejects.toThrow(/altered/);
  });

  it('refuses a file that shows an address which is not its key’s', async () => {
    await store().add(aKey(), password);
    const file = JSON.parse(await readFile(pathOf('alice'), 'utf8'));
    file.address.testnet = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM';
    await writeFile(pathOf('alice'), JSON.stringify(file));
    await expect(store().find('alice')).rejects.toThrow(/key file of version 1/);
  });

  it('refuses a file that is none, naming it', async () => {
    await store().add(aKey(), password);
    await writeFile(pathOf('alice'), '{"format":');
    await expect(store().unlock('alice', password)).rejects.toThrow(pathOf('alice'));
  });

  it.each([
    ['the file', '600', () => pathOf('alice')],
    ['the folder', '700', () => folder],
  ])('refuses when others can read %s, and says the chmod that mends it', async (_, mode, path) => {
    await store().add(aKey(), password);
    await chmod(path(), 0o755);
    await expect(store().unlock('alice', password)).rejects.toMatchObject({
      name: 'ConfigError',
      hints: [`chmod ${mode} '${path()}'`],
    });
    await chmod(path(), Number.parseInt(mode, 8));
    await expect(store().unlock('alice', password)).resolves.toEqual(aKey());
  });

  it('refuses what belongs to another user, and says the chown that mends it', async () => {
    await store().add(aKey(), password);
    const { uid } = await stat(folder);
    const getuid = vi.spyOn(process, 'getuid').mockReturnValue(uid + 1);
    try {
      await expect(store().unlock('alice', password)).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringContaining(`was by user ${uid}`),
        hints: [`chown ${uid + 1} '${folder}'`],
      });
    } finally {
      getuid.mockRestore();
    }
  });

  it('never overwrites a key', async () => {
    await store().add(aKey(), password);
    await expect(store().add(aKey(), 'another')).rejects.toThrow(/there already/);
    await expect(store().unlock('alice', password)).resolves.toEqual(aKey());
    expect(await readdir(folder)).toEqual(['alice.json']);
  });

  it('names the missing key and the way to make one', async () => {
    await expect(store().unlock('nobody', password)).rejects.toMatchObject({
      message: expect.stringContaining('"nobody"'),
      hints: [expect.stringContaining('keys new')],
    });
  });

  it.each(['', '../alice', 'Alice', 'a/b', '-a'])('refuses the name "%s"', async (name) => {
    await expect(store().find(name)).rejects.toThrow(/key name/);
  });
});
