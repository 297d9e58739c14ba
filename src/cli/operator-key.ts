import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfig } from '../service/config/index.ts';
import { type Key, keyFromEnvironment, openKeystore } from '../signer/index.ts';
import type { CommandIo } from './command-io.ts';
import { type PasswordOptions, readPassword } from './passwords.ts';

/** The operator's key of a config, before and after it is unlocked. */
export interface OperatorKey {
  /** 66 hex digits. */
  readonly publicKey: string;
  /** Asks for the password where the key is stored; a key of the environment needs none. */
  unlock(options: PasswordOptions): Promise<Key>;
}

/**
 * Finds the operator's key in the environment or the keystore.
 *
 * @throws ConfigError when there is none of its name, or others can read it.
 */
export async function operatorKey(io: CommandIo, config: ServiceConfig): Promise<OperatorKey> {
  const { key: name, keys } = config.operator;
  const key = keyFromEnvironment(name, io.environment);
  if (key !== null) return { publicKey: key.publicKey, unlock: async () => key };
  const keystore = openKeystore(keys ?? io.environment.WATTMAKER_KEYS ?? join(homedir(), '.wattmaker', 'keys'));
  const { publicKey } = await keystore.find(name);
  return {
    publicKey,
    unlock: async (options) => keystore.unlock(name, await readPassword(io, name, options)),
  };
}
