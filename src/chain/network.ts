import { ConfigError } from '../core/index.ts';
import type { ContractName } from './node-rpc.ts';

export type NetworkName = 'embedded' | 'testnet' | 'mainnet';

const TESTNET = { chainId: 2_147_483_648, addresses: /^S[TN]/, prefix: 'ST' };

/** The embedded chain carries the testnet's chain id and address versions. */
const networks = {
  embedded: TESTNET,
  testnet: TESTNET,
  mainnet: { chainId: 1, addresses: /^S[PM]/, prefix: 'SP' },
} as const satisfies Record<NetworkName, typeof TESTNET>;

/** @throws ConfigError unless `contractId` is `ADDRESS.name` with an address of `network`. */
export function parseContractId(contractId: string, network: NetworkName): ContractName {
  const match = /^(S[0-9A-HJKMNP-TV-Z]{24,40})\.([a-zA-Z][a-zA-Z0-9_-]*)$/.exec(contractId);
  const [, address, name] = match ?? [];
  if (address === undefined || name === undefined) {
    throw new ConfigError(`expected a contract id such as ST….energy-grid, was "${contractId}"`);
  }
  const { addresses, prefix } = networks[network];
  if (!addresses.test(address)) {
    throw new ConfigError(`expected an address of ${network} (${prefix}…) in the contract id, was "${contractId}"`, {
      hints: ['check that network and contract id belong together'],
    });
  }
  return { address, name };
}

/** @throws ConfigError when a node is of another network than the configured one. */
export function requireChainId(
  actual: number,
  { url, network }: { readonly url: string; readonly network: NetworkName },
) {
  const { chainId } = networks[network];
  if (actual === chainId) return;
  throw new ConfigError(`expected ${url} to serve ${network} (chain id ${chainId}), was chain id ${actual}`, {
    hints: ['change the network or the URL in the config'],
  });
}
