import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { validateStacksAddress } from '@stacks/transactions';
import { createChainClient } from '../chain/index.ts';
import { ConfigError, type Principal, principal, seededRandom } from '../core/index.ts';
import type { ChainPort } from '../execution/ports/chain.ts';
import {
  addressOf,
  contractParts,
  isAddressOf,
  type Key,
  type Keystore,
  keyFromEnvironment,
  type NetworkName,
  networkName,
  openKeystore,
} from '../signer/index.ts';
import type { CommandIo } from './command-io.ts';
import { readPassword } from './passwords.ts';
import type { ChainOptions, KeyOptions, SigningOptions } from './wallet-options.ts';

/** Who signs: known by its public key; its secret is asked for only when it is needed. */
export interface Sender {
  readonly address: Principal;
  readonly publicKey: string;
  /** For people: the key's name where there is one. */
  readonly label: string;
  /** @throws ConfigError for a wrong password, and where only a public key was given. */
  unlock(): Promise<Key>;
}

const defaultUrls: Readonly<Record<NetworkName, string>> = {
  embedded: 'http://127.0.0.1:3999',
  testnet: 'https://api.testnet.hiro.so',
  mainnet: 'https://api.hiro.so',
};

export const networkOf = (io: CommandIo, { network }: ChainOptions): NetworkName =>
  networkName(network ?? io.environment.WATTMAKER_NETWORK ?? 'embedded');

/** @throws ConfigError unless options or environment name a contract of the network. */
export function contractOf(io: CommandIo, { contract }: ChainOptions, network: NetworkName): string {
  const id = contract ?? io.environment.WATTMAKER_CONTRACT;
  if (id === undefined) {
    throw new ConfigError('expected the contract to use, was not named', {
      hints: ['Give --contract ADDRESS.energy-grid or set WATTMAKER_CONTRACT; `wattmaker deploy` tells the id.'],
    });
  }
  contractParts(network, id);
  return id;
}

/** The nodes to use: at least one URL. @throws ConfigError for what is none, or is no place for an embedded chain. */
export function urlsOf(io: CommandIo, { url }: ChainOptions, network: NetworkName): readonly string[] {
  const given = url ?? (io.environment.WATTMAKER_URL === undefined ? undefined : [io.environment.WATTMAKER_URL]);
  const urls = given ?? [defaultUrls[network]];
  for (const each of urls) assertUrl(each, network);
  return urls;
}

function assertUrl(text: string, network: NetworkName): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(`expected a URL such as ${defaultUrls[network]}, was "${text}"`);
  }
  if (network === 'embedded' && !isNear(url.hostname)) {
    throw new ConfigError(`expected the embedded chain on this machine or a private network, was ${text}`, {
      hints: ['It shares its chain id with testnet: for a public node give --network testnet.'],
    });
  }
}

/** Loopback, private ranges (RFC 1918) and names without a dot, such as a container's. */
const isNear = (host: string): boolean =>
  /^(localhost|[^.]+|\[::1\]|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*)$/.test(host);

/** The chain client that a command uses. */
export const openChain = (
  io: CommandIo,
  parameters: { readonly network: NetworkName; readonly urls: readonly string[]; readonly contractId: string },
): ChainPort =>
  createChainClient({
    ...parameters,
    clock: { now: Date.now },
    random: seededRandom(randomInt(2 ** 31)),
    ...(io.environment.WATTMAKER_API_KEY === undefined ? {} : { apiKey: io.environment.WATTMAKER_API_KEY }),
  });

export const keystoreOf = (io: CommandIo, { keys }: KeyOptions): Keystore =>
  openKeystore(keys ?? io.environment.WATTMAKER_KEYS ?? join(io.home, '.wattmaker', 'keys'));

const PUBLIC_KEY = /^0[23][0-9a-f]{64}$/;

/** @throws ConfigError when no key is named, it does not exist, or must not be used on this network. */
export async function senderOf(io: CommandIo, options: SigningOptions, network: NetworkName): Promise<Sender> {
  const { key: name, publicKey } = options;
  if (publicKey !== undefined) return senderOfPublicKey(publicKey, options, network);
  if (name === undefined) {
    throw new ConfigError('expected the key to sign with, was not named', {
      hints: ['Give --key NAME (see `wattmaker keys list`), or --unsigned with --public-key.'],
    });
  }
  const held = keyFromEnvironment(name, io.environment);
  const keystore = keystoreOf(io, options);
  const known = held ?? (await keystore.find(name));
  if (known.embeddedOnly && network !== 'embedded') {
    throw new ConfigError(
      `expected a private key of your own on ${network}, was "${name}": a published account of Clarinet`,
      {
        hints: ['Anyone can spend what such an account holds. Make a key with `wattmaker keys new`.'],
      },
    );
  }
  return {
    address: addressOf(known.publicKey, network),
    publicKey: known.publicKey,
    label: `key "${name}"`,
    unlock: async () => held ?? keystore.unlock(name, await readPassword(io, name, options)),
  };
}

function senderOfPublicKey(text: string, { unsigned, key }: SigningOptions, network: NetworkName): Sender {
  const publicKey = text.toLowerCase().replace(/^0x/, '');
  if (!PUBLIC_KEY.test(publicKey)) {
    throw new ConfigError(`expected a compressed public key of 66 hex digits, was "${text}"`);
  }
  if (unsigned === undefined || key !== undefined) {
    throw new ConfigError('expected --public-key together with --unsigned and without --key, was otherwise');
  }
  return {
    address: addressOf(publicKey, network),
    publicKey,
    label: 'the given public key',
    unlock: () => Promise.reject(new ConfigError('expected a key to sign with, was a public key')),
  };
}

/** Checks letters, checksum and network of an address that a person typed. @throws ConfigError */
export function parsePrincipal(text: string, network: NetworkName): Principal {
  const [address = '', name, ...rest] = text.split('.');
  const isContractName = name === undefined || /^[a-zA-Z][\w-]*$/.test(name);
  if (!validateStacksAddress(address) || !isContractName || rest.length > 0) {
    throw new ConfigError(`expected a Stacks address, was "${text}"`);
  }
  if (!isAddressOf(network, address)) {
    throw new ConfigError(`expected an address of the ${network} network, was "${text}"`);
  }
  return principal(text);
}
