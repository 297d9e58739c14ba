import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ConfigError, CorruptionError } from '../core/index.ts';
import { addressOf, createKey, type Key, secretOf } from './key.ts';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));

/** What a key file holds; everything but `cipher` is authenticated along with the secret. Described in docs/keys.md. */
const keyFile = z.strictObject({
  format: z.literal('wattmaker-key'),
  version: z.literal(1),
  name: z.string(),
  publicKey: hex(33),
  address: z.strictObject({ mainnet: z.string(), testnet: z.string() }),
  embeddedOnly: z.boolean(),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    n: z
      .int()
      .min(2)
      .max(2 ** 20),
    r: z.int().min(1).max(16),
    p: z.int().min(1).max(16),
    salt: hex(32),
  }),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), iv: hex(12), tag: hex(16), ciphertext: hex(32) }),
});
export type KeyFile = z.infer<typeof keyFile>;

/** scrypt's work: n doubles time and memory (128 × n × r bytes). The default takes 128 MiB and some 0.3 s. */
export interface KdfCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}
export const DEFAULT_KDF_COST: KdfCost = { n: 2 ** 17, r: 8, p: 1 };

/** Reads a key file's text. @throws CorruptionError when it is none, or one of a later version. */
export function parseKeyFile(text: string, path: string): KeyFile {
  const damaged = (cause: unknown): CorruptionError =>
    new CorruptionError(`expected a Wattmaker key file of version 1, was "${path}"`, {
      cause,
      hints: ['Restore the file from a backup, or import the key again.'],
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw damaged(cause);
  }
  const file = keyFile.safeParse(parsed);
  if (!file.success) throw damaged(file.error);
  const { publicKey, address } = file.data;
  if (addressOf(publicKey, 'mainnet') !== address.mainnet || addressOf(publicKey, 'testnet') !== address.testnet) {
    throw damaged(new CorruptionError(`expected the addresses of public key ${publicKey}`));
  }
  return file.data;
}

/** Encrypts a key with AES-256-GCM under a key that scrypt derives from the password. */
export async function sealKey(key: Key, password: string, cost: KdfCost = DEFAULT_KDF_COST): Promise<KeyFile> {
  const header = {
    format: 'wattmaker-key',
    version: 1,
    name: key.name,
    publicKey: key.publicKey,
    address: {
      mainnet: addressOf(key.publicKey, 'mainnet') as string,
      testnet: addressOf(key.publicKey, 'testnet') as string,
    },
    embeddedOnly: key.embeddedOnly,
    kdf: { name: 'scrypt', ...cost, salt: randomBytes(32).toString('hex') },
  } as const;
  const iv = randomBytes(12);
  const wrapping = await stretch(password, header.kdf);
  const cipher = createCipheriv('aes-256-gcm', wrapping, iv);
  wrapping.fill(0);
  cipher.setAAD(authenticated(header));
  const ciphertext = Buffer.concat([cipher.update(secretOf(key)), cipher.final()]);
  return {
    ...header,
    cipher: {
      name: 'aes-256-gcm',
      iv: iv.toString('hex'),
      tag: cipher.getAuthTag().toString('hex'),
      ciphertext: ciphertext.toString('hex'),
    },
  };
}

/** @throws ConfigError for a wrong password; a file that was altered looks the same. */
export async function openKey(file: KeyFile, password: string): Promise<Key> {
  const { cipher, ...header } = file;
  const wrapping = await stretch(password, file.kdf);
  const decipher = createDecipheriv('aes-256-gcm', wrapping, Buffer.from(cipher.iv, 'hex'));
  wrapping.fill(0);
  decipher.setAAD(authenticated(header));
  decipher.setAuthTag(Buffer.from(cipher.tag, 'hex'));
  // GCM is a stream: all of the text comes before its tag is checked, and nothing after it.
  const secret = decipher.update(cipher.ciphertext, 'hex');
  try {
    decipher.final();
  } catch {
    secret.fill(0);
    throw new ConfigError(`expected the password of key "${file.name}", was another (or the key file was altered)`);
  }
  return createKey({ name: file.name, secret, embeddedOnly: file.embeddedOnly });
}

/** The header as one fixed text: field by field, so that the order of a file's fields does not matter. */
function authenticated(header: Omit<KeyFile, 'cipher'>): Buffer {
  const { format, version, name, publicKey, address, embeddedOnly, kdf } = header;
  const fields = [format, version, name, publicKey, address.mainnet, address.testnet, embeddedOnly];
  return Buffer.from(JSON.stringify([...fields, kdf.name, kdf.n, kdf.r, kdf.p, kdf.salt]));
}

async function stretch(password: string, kdf: KeyFile['kdf']): Promise<Buffer> {
  const { n, r, p, salt } = kdf;
  // NFKC: the same password typed on another system gives the same bytes.
  return derive(password.normalize('NFKC'), Buffer.from(salt, 'hex'), 32, {
    N: n,
    r,
    p,
    maxmem: 130 * n * r + 1024 * r * p,
  });
}
