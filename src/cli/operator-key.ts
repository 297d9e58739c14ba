import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfig } from '../service/config/index.ts';
import {
  type KeySource,
  keyFromEnvironment,
  keyVariable,
  openKeystore,
  type SignerProcess,
  startSignerProcess,
  wipeKey,
} from '../signer/index.ts';
import type { CommandIo } from './command-io.ts';
import { type PasswordOptions, readPassword } from './passwords.ts';

/** One of a config's operator keys, as much as a command that signs nothing itself needs of it. */
export interface OperatorKey {
  readonly name: string;
  /** 66 hex digits. */
  readonly publicKey: string;
  /** What the signer's process needs; asks for the password where the key is stored. */
  source(options: PasswordOptions): Promise<KeySource>;
}

/**
 * Finds a config's operator keys in the environment or the keystore, in the order of the config.
 *
 * @throws ConfigError when there is none of a name, or others can read it.
 */
export const operatorKeys = (io: CommandIo, { operators }: ServiceConfig): Promise<readonly OperatorKey[]> =>
  Promise.all(operators.map((operator) => operatorKey(io, operator)));

export interface OperatorSigner {
  /** Rejects for a wrong password. Whoever waits for it may do something else meanwhile. */
  readonly ready: Promise<SignerProcess>;
  /** Ends the process, also one that is still starting. */
  close(): Promise<void>;
}

/** Begins to start the process that signs for these operators, after asking for the passwords that it needs. */
export async function startOperatorSigner(
  config: ServiceConfig,
  found: readonly OperatorKey[],
  options: PasswordOptions,
): Promise<OperatorSigner> {
  const { network, chain, fees } = config;
  const keys: KeySource[] = [];
  // One question at a time.
  for (const key of found) keys.push(await key.source(options));
  const ready = startSignerProcess({ keys, network, contractId: chain.contract, feeCap: fees.cap });
  // Whoever awaits it is told; until then it must not count as told to nobody.
  ready.catch(() => {});
  return {
    ready,
    close: () =>
      ready.then(
        (signer) => signer.close(),
        () => {},
      ),
  };
}

async function operatorKey(
  io: CommandIo,
  { key: name, keys }: ServiceConfig['operators'][number],
): Promise<OperatorKey> {
  const key = keyFromEnvironment(name, io.environment);
  if (key !== null) {
    wipeKey(key);
    const text = io.environment[keyVariable(name)] ?? '';
    return { name, publicKey: key.publicKey, source: async () => ({ kind: 'text', name, text }) };
  }
  const folder = keys ?? io.environment.WATTMAKER_KEYS ?? join(homedir(), '.wattmaker', 'keys');
  const { publicKey } = await openKeystore(folder).find(name);
  return {
    name,
    publicKey,
    source: async (options) => ({ kind: 'stored', folder, name, password: await readPassword(io, name, options) }),
  };
}
