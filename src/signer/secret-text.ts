import { randomBytes } from 'node:crypto';
import { HDKey } from '@scure/bip32';
import { generateMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { ConfigError } from '../core/index.ts';
import { createKey, type Key, wipeKey } from './key.ts';

export interface SecretText {
  readonly name: string;
  /** 12 or 24 English words, or a private key of 64 hex digits (66 with the suffix `01`); surrounding space is ignored. */
  readonly text: string;
  /** Which account of the words: N in m/44'/5757'/0'/0/N, the path that Stacks wallets use. @default 0 */
  readonly account?: number;
}

const HEX = /^(0x)?[0-9a-f]{64}(01)?$/i;
const MAX_ACCOUNT = 2 ** 31 - 1;

/**
 * Reads a key from what people have: words or hex.
 *
 * @throws ConfigError, without quoting the text, when it is neither.
 */
export function keyFromText({ name, text, account = 0 }: SecretText): Key {
  const trimmed = text.trim();
  if (HEX.test(trimmed)) {
    return createKey({ name, secret: Buffer.from(trimmed.replace(/^0x/i, '').slice(0, 64), 'hex') });
  }
  const words = trimmed.toLowerCase().split(/\s+/);
  if (words.length !== 12 && words.length !== 24) {
    throw new ConfigError(
      `expected the secret of key "${name}" to be 12 or 24 words or a private key of 64 or 66 hex digits, was ${describe(words)}`,
    );
  }
  return keyFromWords(name, words.join(' '), account);
}

/** A new key from the system's random source. */
export const newKey = (name: string): Key => createKey({ name, secret: randomBytes(32) });

/** 24 new words: 256 bits from the system's random source. */
export const newWords = (): string => generateMnemonic(wordlist, 256);

const describe = (words: readonly string[]): string =>
  words.length === 1 ? `${words[0]?.length ?? 0} characters` : `${words.length} words`;

function keyFromWords(name: string, words: string, account: number): Key {
  if (!Number.isInteger(account) || account < 0 || account > MAX_ACCOUNT) {
    throw new ConfigError(`expected an account number from 0 to ${MAX_ACCOUNT}, was ${account}`);
  }
  if (!validateMnemonic(words, wordlist)) {
    throw new ConfigError(
      `expected the words of key "${name}" to be a valid recovery phrase, was one with a wrong word or checksum`,
      {
        hints: ['Check the spelling and the order of the words.'],
      },
    );
  }
  const seed = mnemonicToSeedSync(words);
  const branch = HDKey.fromMasterSeed(seed).derive("m/44'/5757'/0'/0");
  seed.fill(0);
  try {
    const first = createKey({ name, secret: secretAt(branch, 0) });
    if (account === 0) return first;
    wipeKey(first);
    return createKey({ name, secret: secretAt(branch, account), embeddedOnly: first.embeddedOnly });
  } finally {
    branch.wipePrivateData();
  }
}

function secretAt(branch: HDKey, index: number): Buffer {
  const child = branch.deriveChild(index);
  if (child.privateKey === null) throw new ConfigError('expected the recovery phrase to give a private key');
  const secret = Buffer.from(child.privateKey);
  child.wipePrivateData();
  return secret;
}
