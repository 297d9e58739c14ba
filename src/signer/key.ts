import { createECDH } from 'node:crypto';
import { getAddressFromPublicKey } from '@stacks/transactions';
import { ConfigError, type Principal, principal } from '../core/index.ts';
import { type NetworkName, signingNetwork } from './network.ts';
import { publicAccountName } from './public-accounts.ts';

/**
 * A key that can sign and be named, but not read: its secret lives in a table of this module, so neither printing nor
 * serializing a Key shows it.
 */
export interface Key {
  readonly name: string;
  /** Compressed, 66 hex digits. */
  readonly publicKey: string;
  /** Where the secret is public knowledge, such as a Clarinet account: it may sign for the embedded chain alone. */
  readonly embeddedOnly: boolean;
}

const secrets = new WeakMap<Key, Buffer>();

const SECRET_BYTES = 32;
/** The order of the group of secp256k1 (SEC 2, 2.4.1): a private key is below it and not zero. */
const GROUP_ORDER = Buffer.from('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141', 'hex');

export interface KeyOptions {
  readonly name: string;
  /** 32 bytes; the key takes them over and `wipeKey` clears them. */
  readonly secret: Buffer;
  /** Also true, whatever is given, for the accounts that Clarinet publishes. */
  readonly embeddedOnly?: boolean;
}

/** @throws ConfigError, without quoting it, unless the secret is a private key of secp256k1. */
export function createKey({ name, secret, embeddedOnly = false }: KeyOptions): Key {
  if (secret.length !== SECRET_BYTES || secret.every((byte) => byte === 0) || secret.compare(GROUP_ORDER) >= 0) {
    throw new ConfigError(`expected the secret of key "${name}" to be a private key of secp256k1`);
  }
  const curve = createECDH('secp256k1');
  curve.setPrivateKey(secret);
  const publicKey = curve.getPublicKey('hex', 'compressed');
  const address = getAddressFromPublicKey(publicKey, signingNetwork('testnet'));
  const key: Key = Object.freeze({
    name,
    publicKey,
    embeddedOnly: embeddedOnly || publicAccountName(address) !== null,
  });
  secrets.set(key, secret);
  return key;
}

/** Clears the secret; the key can sign nothing any more. */
export function wipeKey(key: Key): void {
  secrets.get(key)?.fill(0);
  secrets.delete(key);
}

/** The address of a public key (66 hex digits) on a network. */
export const addressOf = (publicKey: string, network: NetworkName): Principal =>
  principal(getAddressFromPublicKey(publicKey, signingNetwork(network)));

/** @throws ConfigError when the key's secret is public and the network is not the embedded chain. */
export function assertUsableOn(key: Key, network: NetworkName): void {
  if (key.embeddedOnly && network !== 'embedded') {
    throw new ConfigError(
      `expected a private key of your own on ${network}, was "${key.name}": a published account of Clarinet`,
      {
        hints: ['Anyone can spend what such an account holds. Make a key with `wattmaker keys new`.'],
      },
    );
  }
}

/** Stays within `src/signer`: to sign, and for the keystore to encrypt. The bytes are the key's own. */
export function secretOf(key: Key): Buffer {
  const secret = secrets.get(key);
  if (secret === undefined) {
    throw new ConfigError(
      `expected a key that this process holds, was a copy of "${key.name}", or one that was cleared`,
    );
  }
  return secret;
}
