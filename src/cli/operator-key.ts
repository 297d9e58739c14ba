import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfig } from '../service/config/index.ts';
import { type KeySource, keyFromEnvironment, keyVariable, openKeystore, wipeKey } from '../signer/index.ts';
import type { CommandIo } from './command-io.ts';
import { type PasswordOptions, readPassword } from './passwords.ts';

/** The operator's key of a config, as much as a command that signs nothing itself needs of it. */
export interface OperatorKey {
  /** 66 hex digits. */
  readonly publicKey: string;
  /** What the signer's process needs; asks for the password where the key is stored. */
  source(options: PasswordOptions): Promise<KeySource>;
}

/**
 * Finds the operator's key in the environment or the keystore.
 *
 * @throws ConfigError when there is none of its name, or others can read it.
 */
export async function operatorKey(io: CommandIo, config: ServiceConfig): Promise<OperatorKey> {
  const { key: name, keys } = config.operator;
  const key = keyFromEnvironment(name, io.environment);
  if (key !== null) {
    wipeKey(key);
    const text = io.environment[keyVariable(name)] ?? '';
    return { publicKey: key.publicKey, source: async () => ({ kind: 'text', name, text }) };
  }
  const folder = keys ?? io.environment.WATTMAKER_KEYS ?? join(homedir(), '.wattmaker', 'keys');
  const { publicKey } = await openKeystore(folder).find(name);
  return {
    publicKey,
    source: async (options) => ({ kind: 'stored', folder, name, password: await readPassword(io, name, options) }),
  };
}
