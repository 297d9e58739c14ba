import { createNetwork, type StacksNetwork } from '@stacks/network';
import { addressFromVersionHash, addressToString, validateStacksAddress } from '@stacks/transactions';
import { ConfigError, type Principal, principal } from '../core/index.ts';

/** `embedded` is the chain that Wattmaker brings along; it uses testnet's chain id and address version. */
export const networkNames = ['embedded', 'testnet', 'mainnet'] as const;
export type NetworkName = (typeof networkNames)[number];

const refuseRequest = (): Promise<never> =>
  Promise.reject(new ConfigError('expected the signer to work offline, was asked to make a request'));

const offline = (name: 'testnet' | 'mainnet'): StacksNetwork =>
  createNetwork({ network: name, client: { baseUrl: 'http://signer.invalid', fetch: refuseRequest } });

const testnet = offline('testnet');
const mainnet = offline('mainnet');

/** The chain id and versions to sign with. Its client refuses every request: nonce and fee are always given. */
export const signingNetwork = (name: NetworkName): StacksNetwork => (name === 'mainnet' ? mainnet : testnet);

/** @throws ConfigError unless `text` names a network. */
export function networkName(text: string): NetworkName {
  const known = networkNames.find((name) => name === text);
  if (known === undefined) {
    throw new ConfigError(`expected a network out of ${networkNames.join(', ')}, was "${text}"`);
  }
  return known;
}

/** Whether the address belongs to the network, by its leading letters: `SP`/`SM` on mainnet, `ST`/`SN` elsewhere. */
export const isAddressOf = (network: NetworkName, address: string): boolean =>
  (network === 'mainnet' ? /^S[PM]/ : /^S[TN]/).test(address);

/** The address of a plain account by the hash of its public key, 40 hex digits. */
export const addressOfHash = (hash160: string, network: NetworkName): Principal =>
  principal(addressToString(addressFromVersionHash(signingNetwork(network).addressVersion.singleSig, hash160)));

/** Splits `ADDRESS.name`. @throws ConfigError unless it is a contract of the network, checksum included. */
export function contractParts(network: NetworkName, contractId: string): readonly [address: Principal, name: string] {
  const [, address = '', name = ''] = /^([^.]+)\.([a-zA-Z][\w-]*)$/.exec(contractId) ?? [];
  if (!isAddressOf(network, address) || !validateStacksAddress(address)) {
    const example = network === 'mainnet' ? 'SP….energy-grid' : 'ST….energy-grid';
    throw new ConfigError(`expected a contract of the ${network} network such as ${example}, was "${contractId}"`);
  }
  return [principal(address), name];
}
