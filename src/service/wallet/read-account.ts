import {
  type DelegationRecord,
  MAX_READ_ENTRIES,
  MAX_READ_PAGES,
  type MarketSummary,
  OPEN_PAGE_SIZE,
  type ProsumerRecord,
  reads,
  type TradeRecord,
} from '../../contract/index.ts';
import type { MicroStx, Principal, TradeId } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';

export type OpenOffer = TradeRecord & { readonly id: TradeId };
export type DelegationReport = DelegationRecord & { readonly operator: Principal };

/** All that the chain says of one account, read at one block. */
export interface AccountReport {
  readonly address: Principal;
  /** Unlocked STX of the wallet. */
  readonly wallet: MicroStx;
  /** Null where it is not registered. */
  readonly prosumer: ProsumerRecord | null;
  readonly offers: readonly OpenOffer[];
  readonly delegations: readonly DelegationReport[];
  /** False where the log was longer than is read: then only the newest grants, and those to named operators, are shown. */
  readonly allDelegations: boolean;
  readonly market: MarketSummary;
}

export interface AccountQuery {
  readonly address: Principal;
  /** Asked for delegations besides those that the log names. */
  readonly operators: readonly Principal[];
}

/** Grants older than this many pages of 50 events are not searched for. */
const MAX_LOG_PAGES = 100;

/** Reads an account. @throws TransientError and CorruptionError as the chain does. */
export async function readAccount(chain: ChainPort, { address, operators }: AccountQuery): Promise<AccountReport> {
  const { indexBlockHash: tip } = await chain.tip();
  const [wallet, market, prosumer] = await Promise.all([
    chain.account(address),
    chain.read(reads.market(), { tip }),
    chain.read(reads.prosumer(address), { tip }),
  ]);
  const found = prosumer === null ? { operators: [], complete: true } : await operatorsInLog(chain, address);
  const offers = prosumer === null ? [] : await offersOf(chain, address, { prosumer, market, tip });
  const delegations = await delegationsOf(chain, address, [...new Set([...operators, ...found.operators])], tip);
  return { address, wallet: wallet.balance, prosumer, offers, delegations, allDelegations: found.complete, market };
}

/** The operators that the prosumer has delegated to, newest first, back to its registration. */
async function operatorsInLog(
  chain: ChainPort,
  prosumer: Principal,
): Promise<{ readonly operators: readonly Principal[]; readonly complete: boolean }> {
  const operators = new Set<Principal>();
  let cursor: string | null = null;
  for (let page = 0; page < MAX_LOG_PAGES; page += 1) {
    const { entries, olderCursor } = await chain.logs(cursor === null ? {} : { cursor });
    for (const { event } of entries) {
      if (!('prosumer' in event) || event.prosumer !== prosumer) continue;
      if (event.topic === 'delegation-granted') operators.add(event.operator);
      if (event.topic === 'prosumer-registered') return { operators: [...operators], complete: true };
    }
    if (olderCursor === null) return { operators: [...operators], complete: true };
    cursor = olderCursor;
  }
  return { operators: [...operators], complete: false };
}

interface MarketAt {
  readonly prosumer: ProsumerRecord;
  readonly market: MarketSummary;
  readonly tip: string;
}

/** Looks through the open offers, newest first, until all of the seller's are found. */
async function offersOf(
  chain: ChainPort,
  seller: Principal,
  { prosumer, market, tip }: MarketAt,
): Promise<OpenOffer[]> {
  const found: OpenOffer[] = [];
  const lastPage = Math.floor(market.lastTradeId / OPEN_PAGE_SIZE);
  for (let page = lastPage; page >= 0 && found.length < prosumer.openTrades; page -= MAX_READ_PAGES) {
    const pages = range(Math.max(0, page - MAX_READ_PAGES + 1), page);
    const ids = [...(await chain.read(reads.openPages(pages), { tip }))].reverse();
    for (const some of chunks(ids, MAX_READ_ENTRIES)) {
      const trades = await chain.read(reads.trades(some), { tip });
      trades.forEach((trade, index) => {
        if (trade?.seller === seller) found.push({ ...trade, id: some[index] as TradeId });
      });
      if (found.length >= prosumer.openTrades) break;
    }
  }
  return found;
}

async function delegationsOf(
  chain: ChainPort,
  prosumer: Principal,
  operators: readonly Principal[],
  tip: string,
): Promise<DelegationReport[]> {
  const found: DelegationReport[] = [];
  for (const some of chunks(operators, MAX_READ_ENTRIES)) {
    const pairs = some.map((operator) => ({ prosumer, operator }));
    const grants = await chain.read(reads.delegations(pairs), { tip });
    grants.forEach((grant, index) => {
      if (grant !== null) found.push({ ...grant, operator: some[index] as Principal });
    });
  }
  return found;
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
