import { setTimeout as delay } from 'node:timers/promises';
import { createChainClient } from '../../chain/index.ts';
import { type Clock, ConfigError, clamp, microStx, seededRandom, TransientError } from '../../core/index.ts';
import { createLocalSigner } from '../../signer/index.ts';
import { demoAddress, unlockDemoKeys } from '../demo/demo-keys.ts';
import { describeOutcome } from './describe-outcome.ts';
import { createFees } from './fee.ts';
import { DEFAULT_WORLD } from './model/world.ts';
import { createNeighbourhood, type Person } from './neighbourhood.ts';
import { homeNames, type NeighbourOptions } from './options.ts';

const NETWORK = 'embedded';
/** Far above what any call of a neighbour costs at the embedded chain's rate. */
const FEE_CAP = microStx(1_000_000);

export interface RunDeps {
  readonly clock: Clock;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Called once the keys are unlocked and the chain has answered. */
  readonly ready: () => void;
  /** Hears of every call's outcome and of every trouble, one line each. */
  readonly line: (line: string) => void;
}

/**
 * Lives the neighbourhood's life until `signal` fires. Once it runs, a chain that does not answer is waited for.
 *
 * @throws ConfigError for a key that cannot be unlocked and for a server of another network; TransientError when the
 * chain does not answer at the start; CorruptionError when the chain contradicts itself.
 */
export async function runNeighbours(deps: RunDeps, options: NeighbourOptions): Promise<void> {
  const { clock, signal, ready, line } = deps;
  const { url, contractId, blockIntervalMs, seed } = options;
  const { owner = 'owner', surplus = 'anna', need = 'ben', homes = homeNames } = options;
  const keys = await unlockDemoKeys(options.keystore, [owner, surplus, need, ...homes]);
  const [ownerKey] = keys;
  const [first, second, third, ...others] = keys.map((key): Person => ({ name: key.name, address: demoAddress(key) }));
  if (!ownerKey || !first || !second || !third) throw new ConfigError('expected keys of owner and clients, found none');

  const chain = createChainClient({ urls: [url], contractId, network: NETWORK, clock, random: seededRandom(seed) });
  signal.addEventListener('abort', () => chain.close(), { once: true });
  const neighbourhood = createNeighbourhood(
    {
      chain,
      signer: createLocalSigner({ keys, network: NETWORK, contractId, feeCap: FEE_CAP, calls: 'every' }),
      feeOf: createFees(chain, { network: NETWORK, contractId, publicKey: ownerKey.publicKey }),
      report: (outcome) => line(describeOutcome(outcome)),
    },
    {
      contractId,
      world: {
        seed,
        slotsPerDay: options.slotsPerDay ?? DEFAULT_WORLD.slotsPerDay,
        startHour: options.startHour ?? DEFAULT_WORLD.startHour,
      },
      cast: { owner: first, surplus: second, need: third, homes: others },
    },
  );
  await chain.identity();
  ready();
  const pollMs = clamp(Math.floor(blockIntervalMs / 4), 50, 5_000);
  while (!signal.aborted) {
    try {
      await neighbourhood.tick();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      line(error.message);
    }
    await delay(pollMs, undefined, { signal }).catch(() => {});
  }
}
