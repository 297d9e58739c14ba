import type { ChainPort } from './ports/chain.ts';
import type { Inclusion } from './ports/transaction.ts';

/** Whether the block that holds a transaction is still the one at its height; unknown while the indexer has none there. */
export async function standingOf(
  chain: Pick<ChainPort, 'blockHashAt'>,
  { height, indexBlockHash }: Inclusion,
): Promise<'stands' | 'gone' | 'unknown'> {
  const hash = await chain.blockHashAt(height);
  if (hash === null) return 'unknown';
  return hash === indexBlockHash ? 'stands' : 'gone';
}
