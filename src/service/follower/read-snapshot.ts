import { type DelegationPair, MAX_READ_ENTRIES, MAX_READ_PAGES, OPEN_PAGE_SIZE, reads } from '../../contract/index.ts';
import { CorruptionError, type Principal, type TradeId } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import type { MarketSnapshot } from '../../market/index.ts';

/** Who deployed the contract, and whose records a snapshot holds besides the sellers of open offers. */
export interface Watch {
  readonly owner: Principal;
  readonly prosumers: readonly Principal[];
  readonly delegations: readonly DelegationPair[];
}

/**
 * Reads the market at the tip, or at the block of that index block hash, all parts pinned to that one block: the
 * summary, every open offer, the watched prosumers and all sellers of open offers, the watched delegations. Costs 2
 * requests, 1 for 11,520 trades ever listed, 1 for 50 open offers, 1 for 50 prosumers and 1 for 50 delegations.
 *
 * @throws CorruptionError when parts that were read at one block contradict each other.
 */
export async function readSnapshot(
  chain: ChainPort,
  watch: Watch,
  options: { readonly tip?: string } = {},
): Promise<MarketSnapshot> {
  const indexBlockHash = options.tip ?? (await chain.tip()).indexBlockHash;
  const at = { tip: indexBlockHash };
  const summary = await chain.read(reads.market(), at);
  const ids = await readOpenIds(chain, summary.lastTradeId, indexBlockHash);
  const trades = await readRecords(ids, (chunk) => chain.read(reads.trades(chunk), at));
  const offers = ids.map((id, index) => {
    const trade = trades[index];
    if (trade?.status !== 'open') {
      throw new CorruptionError(`expected trade ${id} to be open as the bitmap says, was ${trade?.status ?? 'absent'}`);
    }
    return { id, trade };
  });
  const asked = [...new Set([...watch.prosumers, ...offers.map(({ trade }) => trade.seller)])];
  const records = await readRecords(asked, (chunk) => chain.read(reads.prosumers(chunk), at));
  const grants = await readRecords(watch.delegations, (chunk) => chain.read(reads.delegations(chunk), at));
  return {
    owner: watch.owner,
    indexBlockHash,
    summary,
    offers,
    prosumers: asked.flatMap((prosumer, index) => {
      const record = records[index];
      return record ? [{ prosumer, record }] : [];
    }),
    delegations: watch.delegations.flatMap(({ prosumer, operator }, index) => {
      const record = grants[index];
      return record ? [{ prosumer, operator, record }] : [];
    }),
  };
}

async function readOpenIds(chain: ChainPort, lastTradeId: TradeId, tip: string): Promise<TradeId[]> {
  if (lastTradeId === 0) return [];
  const pages = Array.from({ length: Math.floor(lastTradeId / OPEN_PAGE_SIZE) + 1 }, (_, page) => page);
  return inChunks(pages, MAX_READ_PAGES, (chunk) => chain.read(reads.openPages(chunk), { tip }));
}

async function readRecords<Key, Found>(
  keys: readonly Key[],
  read: (chunk: readonly Key[]) => Promise<readonly Found[]>,
): Promise<Found[]> {
  const records = await inChunks(keys, MAX_READ_ENTRIES, read);
  if (records.length !== keys.length) {
    throw new CorruptionError(`expected ${keys.length} answers of a bulk read, was ${records.length}`);
  }
  return records;
}

async function inChunks<Item, Answer>(
  items: readonly Item[],
  size: number,
  read: (chunk: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += size) {
    answers.push(...(await read(items.slice(start, start + size))));
  }
  return answers;
}
