import { reads } from '../../contract/index.ts';
import { CorruptionError, type Principal, type TradeId, tradeId } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import type { MarketSnapshot } from '../../market/index.ts';

/** Who deployed the contract, and whose records a snapshot holds besides the sellers of open offers. */
export interface Watch {
  readonly owner: Principal;
  readonly prosumers: readonly Principal[];
  readonly delegations: readonly { readonly prosumer: Principal; readonly operator: Principal }[];
}

/** Trade ids in one page of the contract's bitmap of open offers. */
const PAGE_BITS = 128;
/** The list bounds of the contract's bulk reads. */
const PAGES_A_CALL = 90;
const RECORDS_A_CALL = 50;

/**
 * Reads the market at the tip, all parts pinned to that one block: the summary, every open offer, the watched prosumers
 * and all sellers of open offers, the watched delegations. Costs 2 requests, 1 for 11,520 trades ever listed, 1 for 50
 * open offers, 1 for 50 prosumers and 1 for 50 delegations.
 *
 * @throws CorruptionError when parts that were read at one block contradict each other.
 */
export async function readSnapshot(chain: ChainPort, watch: Watch): Promise<MarketSnapshot> {
  const { indexBlockHash } = await chain.tip();
  const at = { tip: indexBlockHash };
  const summary = await chain.read(reads.market(), at);
  const ids = await readOpenIds(chain, summary.lastTradeId, indexBlockHash);
  const trades = await inChunks(ids, RECORDS_A_CALL, (chunk) => chain.read(reads.trades(chunk), at));
  const offers = ids.map((id, index) => {
    const trade = trades[index];
    if (trade?.status !== 'open') {
      throw new CorruptionError(`expected trade ${id} to be open as the bitmap says, was ${trade?.status ?? 'absent'}`);
    }
    return { id, trade };
  });
  const asked = [...new Set([...watch.prosumers, ...offers.map(({ trade }) => trade.seller)])];
  const records = await inChunks(asked, RECORDS_A_CALL, (chunk) => chain.read(reads.prosumers(chunk), at));
  const grants = await inChunks(watch.delegations, RECORDS_A_CALL, (chunk) => chain.read(reads.delegations(chunk), at));
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
  const pages = Array.from({ length: Math.floor(lastTradeId / PAGE_BITS) + 1 }, (_, page) => page);
  const bitmaps = await inChunks(pages, PAGES_A_CALL, (chunk) => chain.read(reads.openPages(chunk), { tip }));
  return bitmaps.flatMap((bits, page) => openBits(bits).map((bit) => tradeId(page * PAGE_BITS + bit)));
}

function openBits(bits: bigint): number[] {
  const open: number[] = [];
  for (let rest = bits, bit = 0; rest > 0n; rest >>= 1n, bit += 1) if (rest & 1n) open.push(bit);
  return open;
}

async function inChunks<Item, Answer>(
  items: readonly Item[],
  size: number,
  read: (chunk: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += size) {
    const chunk = items.slice(start, start + size);
    const answered = await read(chunk);
    if (answered.length !== chunk.length) {
      throw new CorruptionError(`expected ${chunk.length} answers of a bulk read, was ${answered.length}`);
    }
    answers.push(...answered);
  }
  return answers;
}
