import { BaseError, type Clock, type Principal } from '../../core/index.ts';
import type { ServiceConfig } from '../config/index.ts';
import { connectChain, reachChain } from '../connect-chain.ts';
import { checkAccounts, checkChain } from './check-chain.ts';
import { checkFolder, checkPostgres, checkRedis } from './check-stores.ts';
import { type Finding, fail } from './finding.ts';

/**
 * Examines everything that a config names, without changing anything but making the data folder. Never throws: what
 * cannot be examined is a finding.
 */
export async function examine(
  { clock }: { readonly clock: Clock },
  { config, operators }: { readonly config: ServiceConfig; readonly operators: readonly Principal[] },
): Promise<Finding[]> {
  const chain = connectChain(config, clock);
  const orFinding = async (name: string, check: () => Promise<Finding[]>, mend: string): Promise<Finding[]> => {
    try {
      return await check();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [fail(name, message, error instanceof BaseError ? (error.hints[0] ?? mend) : mend)];
    }
  };
  try {
    const fetchDate = (): Promise<number | null> => serverDate(config.chain.urls[0] ?? '');
    const node = await orFinding(
      'node',
      async () => {
        await reachChain(config, clock);
        return checkChain({ chain, clock, fetchDate }, config);
      },
      'check chain.urls and that a node answers there',
    );
    const usable = node.every(({ state }) => state !== 'fail');
    return [
      ...node,
      ...(usable && operators.length > 0
        ? await orFinding('accounts', () => checkAccounts(chain, config, operators), 'try again when the node answers')
        : []),
      ...(config.redisUrl === null ? [] : await checkRedis(config.redisUrl)),
      ...(config.databaseUrl === null ? [] : await checkPostgres(config.databaseUrl)),
      ...(await checkFolder(config.data)),
    ];
  } finally {
    chain.close();
  }
}

/** The server's time by its Date header, or null where it sends none. */
async function serverDate(url: string): Promise<number | null> {
  const response = await fetch(`${url}/v2/info`, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
  await response?.body?.cancel();
  const date = Date.parse(response?.headers.get('date') ?? '');
  return Number.isNaN(date) ? null : date;
}
