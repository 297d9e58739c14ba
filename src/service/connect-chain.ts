import { type ChainClient, createChainClient } from '../chain/index.ts';
import { reads } from '../contract/index.ts';
import { type Clock, ConfigError, seededRandom } from '../core/index.ts';
import type { ChainPort } from '../execution/index.ts';
import type { ServiceConfig } from './config/index.ts';

/** The chain client of a config, as every command uses it. */
export function connectChain(
  config: ServiceConfig,
  clock: Clock,
  limits: { readonly deadlineMs?: number; readonly totalMs?: number; readonly retries?: number } = {},
): ChainClient {
  return createChainClient({
    urls: config.chain.urls,
    contractId: config.chain.contract,
    network: config.network,
    clock,
    // Jitter alone: its seed changes nothing but when a retry comes.
    random: seededRandom(clock.now() | 0),
    deadlineMs: config.chain.deadlineMs,
    ...(config.apiKey === null ? {} : { apiKey: config.apiKey }),
    ...limits,
  });
}

/** As long as a command waits for each URL before it says that no node answers. */
const REACH_MS = 5_000;

/**
 * Makes sure that a node of the configured network answers, before anything that takes long. A running bot is patient
 * with a node that fails; a person who has just given a command is told within five seconds a URL.
 *
 * @throws TransientError when none answers; ConfigError for a node of another network.
 */
export async function reachChain(config: ServiceConfig, clock: Clock): Promise<void> {
  const deadlineMs = Math.min(REACH_MS, config.chain.deadlineMs);
  const totalMs = deadlineMs * config.chain.urls.length;
  const probe = connectChain(config, clock, { deadlineMs, totalMs, retries: 2 });
  try {
    await probe.identity();
  } finally {
    probe.close();
  }
}

/** @throws ConfigError where there is no contract, or, on mainnet, one that does not require meters. */
export async function assertTradable(chain: ChainPort, config: ServiceConfig): Promise<void> {
  if ((await chain.contractSource()) === null) {
    throw new ConfigError(`expected the contract ${config.chain.contract}, found none on this chain`, {
      hints: ['Check chain.contract and chain.urls, or deploy it: `wattmaker deploy`.'],
    });
  }
  if (config.network !== 'mainnet') return;
  const { metersRequired } = await chain.read(reads.market());
  if (metersRequired) return;
  throw new ConfigError('the contract does not require meters: on mainnet anyone could sell energy that never was', {
    hints: ['Its owner turns them on with `wattmaker owner require-meters on`.'],
  });
}
