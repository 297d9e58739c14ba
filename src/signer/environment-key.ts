import { ConfigError } from '../core/index.ts';
import type { Key } from './key.ts';
import { keyName } from './keystore.ts';
import { keyFromText } from './secret-text.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that holds a key's secret: `WATTMAKER_KEY_MY_BOT` for the key `my-bot`. */
export const keyVariable = (name: string): string =>
  `WATTMAKER_KEY_${keyName(name).toUpperCase().replaceAll('-', '_')}`;

/**
 * The key of that name from the environment, or null where its variable is not set.
 *
 * @throws ConfigError, without quoting it, when the variable holds neither words nor a private key.
 */
export function keyFromEnvironment(name: string, environment: Environment): Key | null {
  const text = environment[keyVariable(name)];
  if (text === undefined) return null;
  if (text.trim() === '') throw new ConfigError(`expected ${keyVariable(name)} to hold a key, was empty`);
  return keyFromText({ name, text });
}
