import { reads } from '../contract/index.ts';
import { type Price, sequence as sequenceOf, type TradeId } from '../core/index.ts';
import type { ExecutionDependencies } from './dependencies.ts';
import { type Branch, branchTo, isSameMark, withMark } from './event-marks.ts';
import { findOwnTrades } from './fills.ts';
import type { GridLogEntry } from './ports/chain.ts';
import type { LaneLease, LedgerReads } from './ports/ledger.ts';
import type { EventMark, Fill } from './ports/ledger-records.ts';

interface Dependencies extends Pick<ExecutionDependencies, 'chain' | 'clock' | 'log'> {
  readonly ledger: LedgerReads;
  /** Through which the ledger is written. */
  readonly lease: Pick<LaneLease, 'recordEvents'>;
}

export interface RecordParameters {
  /** Where the contract's events end, by a node's word. */
  readonly upTo: EventMark;
  /** Those at the end that are known already, oldest first and without gaps; what is missing is read from the chain. */
  readonly entries: readonly GridLogEntry[];
}

/** Events below the last mark that are read again at first: as many pages as a reorg of some hundred events takes. */
const REACH = 200;

/**
 * Writes down our listings and fills among the events that were not read yet, and among those that a reorg changed. A
 * ledger that has read none begins where they end: nothing of ours came before.
 *
 * @param parameters.misses how often that has come to nothing in a row.
 * @returns the new fills; null where the log does not lead to the mark yet, so that whoever asks has to ask again.
 */
export async function recordEvents(
  deps: Dependencies,
  { upTo, entries, misses = 0 }: RecordParameters & { readonly misses?: number },
): Promise<readonly Fill[] | null> {
  const { ledger, lease, chain, clock, log } = deps;
  const marks = await ledger.eventMarks();
  const last = marks.at(-1);
  if (last === undefined) {
    const nothing = { forgetAfter: null, listings: [], fills: [] };
    // From here on every change of the price is an event.
    const prices = [{ sequence: upTo.sequence, price: await currentPrice(chain) }];
    await lease.recordEvents({ ...nothing, prices, marks: [upTo], at: clock.now() });
    return [];
  }
  if (isSameMark(last, upTo)) return [];
  // A log that is late is told from a reorg that was deeper by nothing: who waits longer is given a longer look.
  const branch = await branchTo(deps, { marks, upTo, entries, reach: REACH * 2 ** misses });
  if (branch === null) {
    log.info({ upTo }, 'the log does not lead to the events that the node has; it is read again later');
    return null;
  }
  const isRewind = !isSameMark(branch.common, last);
  if (isRewind)
    log.warn({ read: last, common: branch.common }, 'events that were read have changed; they are read again');
  return write(deps, { ...branch, marks, upTo, isRewind });
}

/** Reads the events that happened while nobody listened. */
export async function recordMissedEvents(deps: Dependencies): Promise<readonly Fill[] | null> {
  const { sequence, digest } = await deps.chain.read(reads.market());
  return recordEvents(deps, { upTo: { sequence, digest }, entries: [] });
}

interface WriteParameters extends Branch {
  readonly marks: readonly EventMark[];
  readonly upTo: EventMark;
  readonly isRewind: boolean;
}

async function write(
  { ledger, lease, chain, clock }: Dependencies,
  { common, marks, upTo, isRewind, ...branch }: WriteParameters,
): Promise<readonly Fill[]> {
  // What was dropped stays as it was counted.
  const settled = (await ledger.prunedHeight()) ?? -1;
  const entries = branch.entries.filter(({ height }) => height > settled);
  const before = sequenceOf(entries[0] === undefined ? upTo.sequence : entries[0].event.sequence - 1);
  const trades = entries.flatMap(({ event }): TradeId[] => (event.topic === 'trade-bought' ? [event.tradeId] : []));
  const known = await ledger.energyPriceAt(before);
  const own = {
    energyPrice: known ?? (await currentPrice(chain)),
    transactions: await ledger.ownTransactions([...new Set(entries.map(({ txId }) => txId))]),
    listings: await ledger.ownListings(trades),
  };
  const { listings, fills, prices } = findOwnTrades(entries, own);
  // Below the first mark of the price, in an older ledger or after a reorg past its beginning, the price of now stands in.
  const first = known === null ? [{ sequence: before, price: own.energyPrice }] : [];
  await lease.recordEvents({
    forgetAfter: isRewind ? before : null,
    listings,
    fills,
    prices: [...first, ...prices],
    marks: withMark(
      marks.filter(({ sequence }) => sequence <= common.sequence),
      upTo,
    ),
    at: clock.now(),
  });
  return fills;
}

const currentPrice = async (chain: Dependencies['chain']): Promise<Price> =>
  (await chain.read(reads.market())).energyPrice;
