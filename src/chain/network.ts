import { ConfigError } from '../core/index.ts';
import { oneLine } from './answer.ts';
import type { ContractName } from './node-rpc.ts';
import type { NodeInfo } from './schemas.ts';

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

/** What the embedded chain calls itself: it shares all else with the testnet. */
const EMBEDDED_SERVER = 'wattmaker-devnet';

/**
 * @throws ConfigError when a node is of another network than the configured one. Taking the testnet for an embedded chain
 * would trust its newest blocks and admit keys that everybody knows.
 */
export function requireNetwork(
  { network_id: actual, server_version: server }: NodeInfo,
  { url, network }: { readonly url: string; readonly network: NetworkName },
): void {
  const { chainId } = networks[network];
  const embedded = server === EMBEDDED_SERVER;
  if (actual === chainId) {
    if (embedded === (network === 'embedded')) return;
    const was = embedded ? 'an embedded chain' : `a node of version "${oneLine(server)}"`;
    throw new ConfigError(`expected ${url} to serve ${network}, was ${was}`, {
      hints: ['change the network or the URL in the config'],
    });
  }
  throw new ConfigError(`expected ${url} to serve ${network} (chain id ${chainId}), was chain id ${actual}`, {
    hints: ['change the network or the URL in the config'],
  });
}
