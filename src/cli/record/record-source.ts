import { createChainClient } from '../../chain/index.ts';
import { ConfigError, seededRandom } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import { loadConfig } from '../../service/config/index.ts';
import { connectChain } from '../../service/connect-chain.ts';
import { assertContract } from '../../service/wallet/index.ts';
import type { NetworkName } from '../../signer/index.ts';
import type { CommandIo } from '../command-io.ts';
import { contractOf, networkOf, urlsOf } from '../wallet.ts';
import type { ChainOptions } from '../wallet-options.ts';

/** A contract to record, and how its network is to be asked. */
export interface RecordSource {
  readonly chain: ChainPort;
  readonly contractId: string;
  /** Blocks below the tip at which the network's blocks are final. */
  readonly depth: number;
  /** Milliseconds between two polls. */
  readonly everyMs: number;
  close(): void;
}

export interface SourceOptions extends ChainOptions {
  readonly config?: string;
}

const depths: Readonly<Record<NetworkName, number>> = { embedded: 6, testnet: 150, mainnet: 150 };
const intervals: Readonly<Record<NetworkName, number>> = { embedded: 500, testnet: 5_000, mainnet: 5_000 };

/**
 * Connects to the chain that the options or the config name.
 *
 * @throws ConfigError for options that name none, a node of another network, or a contract that is not there.
 */
export async function recordSource(io: CommandIo, options: SourceOptions): Promise<RecordSource> {
  const source =
    options.config === undefined ? fromOptions(io, options) : await fromConfig(io, options.config, options);
  const { chain, contractId, network } = source;
  try {
    await assertContract({ chain, contractId, network });
    return source;
  } catch (error) {
    source.close();
    throw error;
  }
}

const clock = { now: Date.now };

async function fromConfig(
  { environment }: CommandIo,
  file: string,
  { url, contract, network }: ChainOptions,
): Promise<RecordSource & { readonly network: NetworkName }> {
  const doubled = Object.entries({ url, contract, network }).find(([, value]) => value !== undefined);
  if (doubled !== undefined) throw new ConfigError(`expected --config or --${doubled[0]}, was both`);
  const config = await loadConfig(file, { environment });
  const chain = connectChain(config, clock);
  return {
    chain,
    contractId: config.chain.contract,
    network: config.network,
    depth: config.execution.finalDepth,
    everyMs: config.polling.everyMs,
    close: chain.close,
  };
}

function fromOptions(io: CommandIo, options: ChainOptions): RecordSource & { readonly network: NetworkName } {
  const network = networkOf(io, options);
  const contractId = contractOf(io, options, network);
  const apiKey = io.environment.WATTMAKER_API_KEY;
  const chain = createChainClient({
    urls: urlsOf(io, options, network),
    contractId,
    network,
    clock,
    // Jitter alone: its seed changes nothing but when a retry comes.
    random: seededRandom(Date.now() | 0),
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  return { chain, contractId, network, depth: depths[network], everyMs: intervals[network], close: chain.close };
}
