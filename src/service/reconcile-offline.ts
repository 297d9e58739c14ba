import type { Clock, Log } from '../core/index.ts';
import { type ReconcileReport, reconcile } from '../execution/index.ts';
import type { ServiceConfig } from './config/index.ts';
import { connectChain, reachChain } from './connect-chain.ts';
import { LEDGER_SCHEMA, openLedger } from './open-stores.ts';

/**
 * Compares chain and ledger of a config without a bot: reads nothing else and changes nothing.
 *
 * @throws ConfigError when a bot holds the data folder, or the ledger belongs to another chain.
 */
export async function reconcileOffline(
  config: ServiceConfig,
  { clock }: { readonly clock: Clock },
): Promise<ReconcileReport> {
  const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
  const chain = connectChain(config, clock);
  try {
    await reachChain(config, clock);
    const binding = { identity: await chain.identity(), contractId: config.chain.contract };
    const { ledger, close } = await openLedger(
      { log: silent },
      {
        databaseUrl: config.databaseUrl,
        folder: config.data,
        binding,
        schema: LEDGER_SCHEMA,
        fresh: false,
        onLockLost: () => {},
      },
    );
    try {
      return await reconcile({ chain, ledger });
    } finally {
      await close();
    }
  } finally {
    chain.close();
  }
}
