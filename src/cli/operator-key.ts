import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfig } from '../service/config/index.ts';
import { type Key, keyFromEnvironment, openKeystore } from '../signer/index.ts';
import type { CommandIo } from './command-io.ts';
import { type PasswordOptions, readPassword } from './passwords.ts';

/** One of a config's operator keys, before and after it is unlocked. */
export interface OperatorKey {
  readonly name: string;
  /** 66 hex digits. */
  readonly publicKey: string;
  /** Asks for the password where the key is stored; a key of the environment needs none. */
  unlock(options: PasswordOptions): Promise<Key>;
}

/**
 * Finds a config's operator keys in the environment or the keystore, in the order of the config.
 *
 * @throws ConfigError when there is none of a name, or others can read it.
 */
export const operatorKeys = (io: CommandIo, { operators }: ServiceConfig): Promise<readonly OperatorKey[]> =>
  Promise.all(operators.map((operator) => operatorKey(io, operator)));

async function operatorKey(
  io: CommandIo,
  { key: name, keys }: ServiceConfig['operators'][number],
): Promise<OperatorKey> {
  const key = keyFromEnvironment(name, io.environment);
  if (key !== null) return { name, publicKey: key.publicKey, unlock: async () => key };
  const keystore = openKeystore(keys ?? io.environment.WATTMAKER_KEYS ?? join(homedir(), '.wattmaker', 'keys'));
  const { publicKey } = await keystore.find(name);
  return {
    name,
    publicKey,
    unlock: async (options) => keystore.unlock(name, await readPassword(io, name, options)),
  };
}
