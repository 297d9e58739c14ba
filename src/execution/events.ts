import { reads } from '../contract/index.ts';
import { type Price, price, type Sequence, sequence as sequenceOf, type TradeId } from '../core/index.ts';
import type { ExecutionDependencies } from './dependencies.ts';
import { findOwnTrades } from './fills.ts';
import type { GridLogEntry } from './ports/chain.ts';
import type { LaneLease, LedgerReads } from './ports/ledger.ts';
import type { EventCursor, Fill } from './ports/ledger-records.ts';

interface Dependencies extends Pick<ExecutionDependencies, 'chain' | 'clock' | 'log'> {
  readonly ledger: LedgerReads;
  /** Through which the ledger is written. */
  readonly lease: Pick<LaneLease, 'recordEvents'>;
}

export interface RecordParameters {
  /** Oldest first, without gaps. */
  readonly entries: readonly GridLogEntry[];
  /** The last event that a reorg left standing; null where none happened. */
  readonly rewoundTo: Sequence | null;
}

/**
 * Writes down our listings and fills among new events, and how far they go. Events that came before are ignored; ones
 * that were missed, or that contradict what was read, are read from the chain.
 */
export async function recordEvents(
  deps: Dependencies,
  { entries, rewoundTo }: RecordParameters,
): Promise<readonly Fill[]> {
  const { ledger, log } = deps;
  const first = entries[0]?.event.sequence;
  const cursor = await ledger.eventCursor();
  if (cursor === null || first === undefined) return write(deps, { entries, forgetAfter: rewoundTo });

  const standing = rewoundTo === null ? cursor.sequence : Math.min(cursor.sequence, rewoundTo);
  const contradicts = rewoundTo === null && entries.some((entry) => isSame(entry, cursor) === false);
  if (first > standing + 1 || contradicts) {
    log.warn({ first, standing }, contradicts ? 'events differ from those read before' : 'events were missed');
    return catchUp(deps);
  }
  const fresh = entries.filter(({ event }) => event.sequence > standing);
  return write(deps, { entries: fresh, forgetAfter: rewoundTo });
}

/**
 * Reads the events that happened while nobody listened, newest first as the chain gives them, down to the last one that
 * was read before. A ledger that has read none starts at the newest: nothing of ours came before.
 */
export async function catchUp(deps: Dependencies): Promise<readonly Fill[]> {
  const { ledger } = deps;
  const cursor = await ledger.eventCursor();
  const newest = await newestEvent(deps);
  if (newest === null) return [];
  if (cursor === null) return write(deps, { entries: [], forgetAfter: null, cursor: cursorAt(newest) });
  // An indexer behind what was read says nothing about it.
  if (newest.event.sequence < cursor.sequence) return [];
  const entries = await readDownTo(deps, cursor.sequence);
  const [oldest, ...missed] = entries;
  if (oldest !== undefined && isSame(oldest, cursor) === true) {
    return write(deps, { entries: missed, forgetAfter: null });
  }

  // A reorg went past the last event read: everything of ours that is not beyond any reorg is read again.
  const settled = (await ledger.prunedHeight()) ?? -1;
  const known = [...(await ledger.listings()), ...(await ledger.fills())].flatMap(({ sequence, height }) =>
    height > settled ? [sequence] : [],
  );
  const floor = Math.min(cursor.sequence, ...known);
  const again = await readDownTo(deps, sequenceOf(floor));
  return write(deps, { entries: again, forgetAfter: sequenceOf(Math.max(floor - 1, 0)) });
}

interface WriteParameters {
  readonly entries: readonly GridLogEntry[];
  readonly forgetAfter: Sequence | null;
  readonly cursor?: EventCursor;
}

async function write(
  { ledger, lease, chain, clock }: Dependencies,
  parameters: WriteParameters,
): Promise<readonly Fill[]> {
  const { entries, forgetAfter } = parameters;
  const newest = entries.at(-1);
  if (newest === undefined && forgetAfter === null && parameters.cursor === undefined) return [];
  const trades = entries.flatMap(({ event }): TradeId[] => (event.topic === 'trade-bought' ? [event.tradeId] : []));
  const [oldest] = entries;
  const before = oldest === undefined ? null : sequenceOf(oldest.event.sequence - 1);
  const known = before === null ? null : await ledger.energyPriceAt(before);
  const own = {
    energyPrice: known ?? (before === null ? price(0) : await currentPrice(chain)),
    transactions: await ledger.ownTransactions([...new Set(entries.map(({ txId }) => txId))]),
    listings: await ledger.ownListings(trades),
  };
  const { listings, fills, prices } = findOwnTrades(entries, own);
  // The first mark of a ledger: from here on every change is an event.
  const first = known === null && before !== null ? [{ sequence: before, price: own.energyPrice }] : [];
  const rewound = forgetAfter === null ? null : { sequence: forgetAfter, txId: null };
  const cursor = parameters.cursor ?? (newest === undefined ? rewound : cursorAt(newest));
  await lease.recordEvents({ forgetAfter, listings, fills, prices: [...first, ...prices], cursor, at: clock.now() });
  return fills;
}

const currentPrice = async (chain: Dependencies['chain']): Promise<Price> =>
  (await chain.read(reads.market())).energyPrice;

const cursorAt = ({ event, txId }: GridLogEntry): EventCursor => ({ sequence: event.sequence, txId });

/** Whether the entry is the event at the cursor; undefined where it is of another sequence. */
function isSame({ event, txId }: GridLogEntry, cursor: EventCursor): boolean | undefined {
  if (event.sequence !== cursor.sequence) return undefined;
  return cursor.txId === null || cursor.txId === txId;
}

async function newestEvent({ chain }: Dependencies): Promise<GridLogEntry | null> {
  return (await chain.logs({ limit: 1 })).entries[0] ?? null;
}

const readDownTo = (deps: Pick<Dependencies, 'chain'>, sequence: Sequence): Promise<readonly GridLogEntry[]> =>
  readLog(deps, ({ event }) => event.sequence < sequence);

/** The newest events, oldest first, from the one after the first that is `past` what is wanted. */
export async function readLog(
  { chain }: Pick<Dependencies, 'chain'>,
  past: (entry: GridLogEntry) => boolean,
): Promise<readonly GridLogEntry[]> {
  const entries: GridLogEntry[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await chain.logs(cursor === undefined ? {} : { cursor });
    for (const entry of page.entries) {
      if (past(entry)) return entries.reverse();
      entries.push(entry);
    }
    if (page.olderCursor === null) return entries.reverse();
    cursor = page.olderCursor;
  }
}
