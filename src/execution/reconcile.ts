import { deserializeTransaction } from '@stacks/transactions';
import { price, type Sequence, sequence as sequenceOf, type TxId } from '../core/index.ts';
import { entryResults } from './entry-results.ts';
import { findOwnTrades } from './fills.ts';
import type { ChainPort, GridLogEntry, TransactionStatus } from './ports/chain.ts';
import type { LedgerReads } from './ports/ledger.ts';
import type { EntryResult } from './ports/ledger-records.ts';
import { type Attempt, isCancelledBy, isLive, TRANSACTION_STATES, type Transaction } from './ports/transaction.ts';

export interface ReconcileReport {
  /** Whether nothing differs. */
  readonly reconciled: boolean;
  /** Transactions of the ledger that were compared with the chain. */
  readonly transactions: number;
  /** Of these, those whose outcome the ledger does not claim to know. */
  readonly pending: number;
  /** Of the pending, those that the chain has decided: the bot has not looked since. */
  readonly unread: number;
  readonly fills: number;
  /** One line for people for each difference. */
  readonly differences: readonly string[];
}

export interface ReconcileDependencies {
  readonly chain: ChainPort;
  readonly ledger: LedgerReads;
}

/** Transaction ids asked for at once. */
const CHUNK = 200;

/**
 * Compares every transaction and fill of the ledger with the chain, reading nothing else and changing nothing: nonce and
 * fee in the signed bytes, whether, where and how they were mined, the result of each entry, and every listing and fill
 * with the contract's events. What the ledger does not claim to know yet, and what it dropped, is no difference.
 */
export async function reconcile({ chain, ledger }: ReconcileDependencies): Promise<ReconcileReport> {
  const transactions = await ledger.transactions({ states: TRANSACTION_STATES });
  const statuses = await statusesOf(chain, transactions);
  const differences: string[] = [];
  const nonces = new Map<string, number>();
  for (const lane of new Set(transactions.map((one) => one.lane))) {
    nonces.set(lane, (await chain.account(lane)).nonce);
  }
  for (const transaction of transactions) {
    const results = 'inclusion' in transaction ? await ledger.results(transaction.id) : [];
    const chainNonce = nonces.get(transaction.lane) ?? 0;
    const found = compareTransaction(transaction, { statuses, results, chainNonce });
    // One that was dropped while the chain answered has lost its results.
    if (found.length > 0 && (await ledger.transaction(transaction.id)) !== null) differences.push(...found);
  }
  const { fills, differences: ofTrades } = await compareTrades({ chain, ledger });
  differences.push(...ofTrades);
  const pending = transactions.filter((one) => one.state === 'claimed' || isLive(one));
  return {
    reconciled: differences.length === 0,
    transactions: transactions.length,
    pending: pending.length,
    unread: pending.filter(({ lane, nonce }) => nonce < (nonces.get(lane) ?? 0)).length,
    fills,
    differences,
  };
}

async function statusesOf(
  chain: ChainPort,
  transactions: readonly Transaction[],
): Promise<ReadonlyMap<TxId, TransactionStatus>> {
  const ids = transactions.flatMap((one) => (one.state === 'claimed' ? [] : one.attempts.map(({ txId }) => txId)));
  const statuses = new Map<TxId, TransactionStatus>();
  for (let from = 0; from < ids.length; from += CHUNK) {
    for (const [id, status] of await chain.transactions(ids.slice(from, from + CHUNK))) statuses.set(id, status);
  }
  return statuses;
}

interface Known {
  readonly statuses: ReadonlyMap<TxId, TransactionStatus>;
  readonly results: readonly EntryResult[];
  readonly chainNonce: number;
}

function compareTransaction(transaction: Transaction, { statuses, results, chainNonce }: Known): readonly string[] {
  const { id, nonce, state } = transaction;
  if (state === 'claimed') return [];
  const name = `transaction ${id} (nonce ${nonce}, ${state})`;
  const differences = transaction.attempts.flatMap((attempt) => compareBytes(attempt, { name, nonce }));
  const mined = transaction.attempts.find(({ txId }) => statuses.get(txId)?.kind === 'mined');
  if (!('inclusion' in transaction)) {
    if (state === 'superseded' && mined !== undefined) differences.push(`${name}: the chain has mined ${mined.txId}`);
    return differences;
  }

  const { inclusion } = transaction;
  const status = statuses.get(inclusion.txId);
  if (nonce >= chainNonce) differences.push(`${name}: the chain has not used its nonce, it is at ${chainNonce}`);
  if (status?.kind !== 'mined') {
    differences.push(`${name}: ${inclusion.txId} is ${status?.kind ?? 'absent'} on the chain`);
    return differences;
  }
  const compare = (what: string, ledgerSays: unknown, chainSays: unknown) => {
    if (ledgerSays !== chainSays)
      differences.push(`${name}: ${what} ${ledgerSays} in the ledger, ${chainSays} on the chain`);
  };
  compare('status', inclusion.status, status.status);
  compare('height', inclusion.height, status.height);
  compare('block', inclusion.indexBlockHash, status.indexBlockHash);
  compare('fee', inclusion.fee, status.fee);
  const expected = isCancelledBy(transaction, inclusion) ? [] : entryResults(transaction, status);
  compare('results', JSON.stringify(results), JSON.stringify(expected));
  return differences;
}

/** Whether the stored bytes are of the stored id, nonce and fee. */
function compareBytes({ txId, hex, fee }: Attempt, of: { name: string; nonce: number }): readonly string[] {
  const decoded = deserializeTransaction(hex);
  const { spendingCondition } = decoded.auth;
  const differences: string[] = [];
  if (decoded.txid() !== txId) differences.push(`${of.name}: its bytes have the id ${decoded.txid()}, not ${txId}`);
  if (spendingCondition.nonce !== BigInt(of.nonce)) {
    differences.push(`${of.name}: its bytes have nonce ${spendingCondition.nonce}`);
  }
  if (spendingCondition.fee !== BigInt(fee)) {
    differences.push(`${of.name}: fee ${fee} in the ledger, ${spendingCondition.fee} in its bytes`);
  }
  return differences;
}

/** Finds our trades anew among the contract's events, as far as the ledger has read them and still keeps them. */
async function compareTrades({
  chain,
  ledger,
}: ReconcileDependencies): Promise<{ fills: number; differences: string[] }> {
  const fills = await ledger.fills();
  const listings = await ledger.listings();
  const cursor = (await ledger.eventMarks()).at(-1);
  if (cursor === undefined) return { fills: fills.length, differences: [] };
  const lowest = Math.max(await lowestOwnBlock(ledger), (await ledger.prunedHeight()) ?? 0);
  const log = await readLog({ chain }, (entry) => entry.height < lowest);
  const entries = log.filter(({ event }) => event.sequence <= cursor.sequence);
  const transactions = await ledger.ownTransactions([...new Set(entries.map(({ txId }) => txId))]);
  // Events before the ledger's first mark of the price hold no fill of ours.
  const before = sequenceOf(Math.max((entries[0]?.event.sequence ?? cursor.sequence) - 1, 0));
  const energyPrice = (await ledger.energyPriceAt(before)) ?? (await ledger.energyPriceAt(cursor.sequence)) ?? price(0);
  const older = listings.filter(({ height }) => height < lowest).map(({ tradeId }) => tradeId);
  const found = findOwnTrades(entries, { transactions, listings: new Set(older), energyPrice });
  // Read last: what was dropped while the chain answered is not compared.
  const pruned = (await ledger.prunedHeight()) ?? -1;
  const kept = <T extends { readonly height: number }>(list: readonly T[]) =>
    list.filter(({ height }) => height > pruned);
  return {
    fills: fills.length,
    differences: [
      ...compareLists('fill', kept(fills), kept(found.fills)),
      ...compareLists('listing', kept(listings), kept(found.listings)),
    ],
  };
}

/** The newest events, oldest first, from the one after the first that is `past` what is wanted. */
async function readLog(
  { chain }: Pick<ReconcileDependencies, 'chain'>,
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

/** No event below this height is of a transaction of ours. */
async function lowestOwnBlock(ledger: LedgerReads): Promise<number> {
  const mined = await ledger.transactions({ states: ['included', 'final', 'reverted'] });
  return Math.min(...mined.map((one) => ('inclusion' in one ? one.inclusion.height : Number.POSITIVE_INFINITY)));
}

interface Trade {
  readonly sequence: Sequence;
  readonly tradeId: number;
}

function compareLists(what: string, ledgerSays: readonly Trade[], chainSays: readonly Trade[]): readonly string[] {
  const describe = (trade: Trade) => `${what} of offer ${trade.tradeId} (event ${trade.sequence})`;
  const onChain = new Map(chainSays.map((trade) => [trade.sequence, trade]));
  const inLedger = new Set(ledgerSays.map(({ sequence }) => sequence));
  const canonical = (trade: Trade) => JSON.stringify(trade, Object.keys(trade).sort());
  return [
    ...ledgerSays.flatMap((trade) => {
      const other = onChain.get(trade.sequence);
      if (other === undefined) return [`${describe(trade)}: in the ledger, not on the chain`];
      if (canonical(other) === canonical(trade)) return [];
      return [`${describe(trade)}: ${canonical(trade)} in the ledger, ${canonical(other)} on the chain`];
    }),
    ...chainSays
      .filter(({ sequence }) => !inLedger.has(sequence))
      .map((trade) => `${describe(trade)}: on the chain, not in the ledger`),
  ];
}
