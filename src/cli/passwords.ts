import { ConfigError } from '../core/index.ts';
import type { CommandIo } from './command-io.ts';

export interface PasswordOptions {
  readonly passwordFile?: string | undefined;
}

const MIN_LENGTH = 8;

/** The password of a stored key: from `--password-file`, else `WATTMAKER_PASSWORD`, else asked. */
export async function readPassword(io: CommandIo, name: string, options: PasswordOptions): Promise<string> {
  return (await givenPassword(io, options)) ?? (await ask(io, `Password of key "${name}":`));
}

/** The password of a key to be stored; asked twice when asked. */
export async function choosePassword(io: CommandIo, name: string, options: PasswordOptions): Promise<string> {
  const given = await givenPassword(io, options);
  const password = given ?? (await ask(io, `New password for key "${name}" (at least ${MIN_LENGTH} characters):`));
  if (password.length < MIN_LENGTH) {
    throw new ConfigError(`expected a password of at least ${MIN_LENGTH} characters, was one of ${password.length}`);
  }
  if (given === null && (await ask(io, 'The same again:')) !== password) {
    throw new ConfigError('expected the same password twice, was different');
  }
  return password;
}

async function givenPassword(io: CommandIo, { passwordFile }: PasswordOptions): Promise<string | null> {
  if (passwordFile !== undefined) {
    const password = (await io.readFile(passwordFile)).replace(/\r?\n$/, '');
    if (password === '') throw new ConfigError(`expected a password in ${passwordFile}, was empty`);
    return password;
  }
  return io.environment.WATTMAKER_PASSWORD ?? null;
}

function ask(io: CommandIo, question: string): Promise<string> {
  if (io.interactive) return io.askSecret(question);
  throw new ConfigError('expected a password, found neither a terminal to ask at nor a setting', {
    hints: ['Give --password-file FILE or set WATTMAKER_PASSWORD.'],
  });
}
