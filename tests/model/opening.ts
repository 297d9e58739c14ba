import { cast } from './cast.ts';
import type { Act } from './move.ts';

/**
 * Everyone but the stranger, the owner and the meter has an account with energy, a delegation and an open offer, and, where
 * it is not poor, funds, so that most moves can be made.
 */
export const openingActs = (options: { readonly expiresAt: bigint }): readonly Act[] =>
  cast.prosumers.flatMap((caller): Act[] => [
    { caller, call: { kind: 'registerProsumer' } },
    { caller, call: { kind: 'addEnergy', amount: 1_000n } },
    ...(caller === cast.poor ? [] : [{ caller, call: { kind: 'addFunds', amount: 100_000n } } as const]),
    {
      caller,
      call: {
        kind: 'delegateTrading',
        operator: cast.operators[0],
        spendLimit: 30_000n,
        energyLimit: 400n,
        maxBuyPrice: 180n,
        minSellPrice: 20n,
        ...options,
      },
    },
    { caller, call: { kind: 'tradeEnergy', amount: 40n, price: 40n } },
  ]);
