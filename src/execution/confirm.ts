import type { Height, TxId } from '../core/index.ts';
import type { PlannedIntent } from '../trading/intent.ts';
import type { ExecutionConfig } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { entryResults } from './entry-results.ts';
import type { Lane } from './lane.ts';
import type { MinedStatus, TransactionStatus } from './ports/chain.ts';
import type { EntryResult } from './ports/ledger.ts';
import {
  type IncludedTransaction,
  type Inclusion,
  isLive,
  type LiveTransaction,
  type Transaction,
  UNCONFIRMED_STATES,
} from './ports/transaction.ts';

/** What the chain said of a transaction since the last pass. */
export interface ConfirmedBatch {
  readonly transactionId: number;
  readonly txId: TxId;
  readonly height: Height;
  readonly status: MinedStatus;
  readonly fee: Inclusion['fee'];
  /** The intents with what became of each, in the order of the entries. */
  readonly entries: readonly { readonly intent: PlannedIntent; readonly result: EntryResult }[];
}

export interface ConfirmReport {
  readonly tip: Height;
  /** Newly confirmed: their intents are settled. */
  readonly confirmed: readonly ConfirmedBatch[];
  /** Transactions that a reorg took out of the chain; they are on their way again. */
  readonly reorged: readonly number[];
  /** Transactions whose nonce a foreign transaction took. */
  readonly superseded: readonly number[];
}

export interface ConfirmParameters {
  readonly lane: Lane;
  readonly config: Pick<ExecutionConfig, 'confirmedDepth' | 'finalDepth'> & { readonly recheckMs: number };
}

type Statuses = ReadonlyMap<TxId, TransactionStatus>;

/**
 * Brings the ledger up to what the chain says of one lane: one read of the tip, one of the account, one of all the
 * transactions in question. Nothing is asked while nothing is under way. Only what a block holds, or what a nonce that
 * is gone for good proves, ends anything.
 */
export async function confirmLane(deps: LaneDependencies, { lane, config }: ConfirmParameters): Promise<ConfirmReport> {
  const { ledger, chain, clock, log } = deps;
  const owner = lane.operator;
  const unconfirmed = await ledger.transactions({ states: UNCONFIRMED_STATES, lane: owner });
  const included = (await ledger.transactions({ states: ['included'], lane: owner })).filter(isIncluded);
  if (lane.account !== null && unconfirmed.length === 0 && !included.some((one) => isDue(one, lane.seenHeight))) {
    lane.observe(lane.account, []);
    return { tip: lane.seenHeight, confirmed: [], reorged: [], superseded: [] };
  }

  const tip = (await chain.tip()).height;
  lane.see(tip);
  const account = await chain.account(owner);
  const reorged: number[] = [];
  const superseded: number[] = [];

  /** A transaction that the chain has shows a nonce below the account's; any other is a sign of a reorg. */
  const undone = included.filter(({ nonce }) => nonce >= account.nonce);
  const inQuestion = unconfirmed.filter(isLive).filter(isInQuestion);
  const statuses = await statusesOf([...inQuestion, ...undone]);
  for (const transaction of undone) await recheck(transaction, statuses);
  for (const transaction of inQuestion) await judge(transaction, statuses);

  const confirmed = await settle();
  await finalize();
  lane.observe(account, await ledger.transactions({ states: UNCONFIRMED_STATES, lane: owner }));
  return { tip, confirmed, reorged, superseded };

  function isDue({ inclusion, settled }: IncludedTransaction, at: Height): boolean {
    return at >= inclusion.height + (settled ? config.finalDepth : config.confirmedDepth) - 1;
  }

  /** Those whose nonce is gone, and those of which nothing was heard for long. */
  function isInQuestion({ nonce, claimedAt }: LiveTransaction): boolean {
    return nonce < account.nonce || clock.now() - claimedAt >= config.recheckMs;
  }

  async function statusesOf(transactions: readonly (LiveTransaction | IncludedTransaction)[]): Promise<Statuses> {
    const ids = transactions.flatMap(({ attempts }) => attempts.map(({ txId }) => txId));
    return ids.length === 0 ? new Map() : chain.transactions(ids);
  }

  async function judge(transaction: LiveTransaction, known: Statuses): Promise<void> {
    const inclusion = minedAttempt(transaction, known);
    if (inclusion !== null) {
      lane.missingSince.delete(transaction.id);
      await include(transaction, inclusion);
      return;
    }
    if (transaction.nonce < account.nonce) {
      await judgeMissing(transaction);
      return;
    }
    lane.missingSince.delete(transaction.id);
    const { id: transactionId, attempts } = transaction;
    const pending = attempts.some(({ txId }) => known.get(txId)?.kind === 'mempool');
    const at = clock.now();
    if (pending) await ledger.transition({ transactionId, from: ['broadcast'], to: 'mempool', at });
    else if (transaction.state === 'mempool') {
      const note = 'no server has it any more; the same bytes again';
      await ledger.transition({ transactionId, from: ['mempool'], to: 'broadcast', at, note });
    }
  }

  /**
   * The nonce is gone and none of our attempts is in a block as far as this server knows. It may lag behind the node
   * that told the nonce, so the foreign transaction counts only after as many blocks as make things final.
   */
  async function judgeMissing({ id, nonce }: LiveTransaction): Promise<void> {
    const since = lane.missingSince.get(id);
    if (since === undefined) {
      lane.missingSince.set(id, tip);
      log.warn({ transaction: id, nonce }, `nonce ${nonce} is used up and none of our attempts is in a block yet`);
    } else if (tip >= since + config.finalDepth) {
      const note = `nonce ${nonce} was taken by a transaction that is not ours`;
      if (await ledger.supersede({ transactionId: id, at: clock.now(), note })) {
        log.error({ transaction: id, nonce }, `${note}; its intents are released`);
        superseded.push(id);
      }
    }
  }

  async function include(transaction: LiveTransaction, inclusion: Inclusion): Promise<void> {
    const results = entryResults(transaction, inclusion);
    const transactionId = transaction.id;
    const applied = await ledger.include({ transactionId, inclusion, results, at: clock.now() });
    if (applied) included.push({ ...transaction, state: 'included', inclusion, settled: false });
  }

  /** Compares an included transaction with what the chain says of it now; answers whether it still stands. */
  async function recheck(transaction: IncludedTransaction, known: Statuses): Promise<boolean> {
    const { id: transactionId, inclusion } = transaction;
    const now = minedAttempt(transaction, known);
    if (now !== null && now.txId === inclusion.txId && now.indexBlockHash === inclusion.indexBlockHash) return true;
    // Absence alone proves nothing: only another block in its place does.
    if (now === null && !(await blockIsGone(inclusion))) return true;
    const note = `a reorg took block ${inclusion.indexBlockHash.slice(0, 12)}… at height ${inclusion.height}`;
    if (!(await ledger.uninclude({ transactionId, at: clock.now(), note }))) return false;
    log.warn({ transaction: transactionId }, note);
    reorged.push(transactionId);
    included.splice(included.indexOf(transaction), 1);
    const { id, lane: operator, nonce, call, intentIds, claimedAt, attempts } = transaction;
    const again = { id, lane: operator, nonce, call, intentIds, claimedAt, attempts, state: 'broadcast' } as const;
    if (now !== null) await include(again, now);
    return false;
  }

  async function blockIsGone({ height, indexBlockHash }: Inclusion): Promise<boolean> {
    const hash = await chain.blockHashAt(height);
    return hash !== null && hash !== indexBlockHash;
  }

  /** Those included deep enough are confirmed: their intents are no exposure any more. */
  async function settle(): Promise<readonly ConfirmedBatch[]> {
    const batches: ConfirmedBatch[] = [];
    for (const transaction of [...included]) {
      const { id, inclusion, settled } = transaction;
      if (settled || !isDue(transaction, tip)) continue;
      const old = tip > inclusion.height && (await blockIsGone(inclusion));
      if (old && !(await recheck(transaction, await statusesOf([transaction])))) continue;
      if (!(await ledger.settle({ transactionId: id, at: clock.now() }))) continue;
      included[included.indexOf(transaction)] = { ...transaction, settled: true };
      batches.push(await describe(transaction));
    }
    return batches;
  }

  async function describe({ id, intentIds, inclusion }: IncludedTransaction): Promise<ConfirmedBatch> {
    const records = new Map((await ledger.intents(intentIds)).map(({ planned }) => [planned.id, planned]));
    const results = await ledger.results(id);
    const entries = results.flatMap((result) => {
      const intent = records.get(result.intentId);
      return intent === undefined ? [] : [{ intent, result }];
    });
    const { txId, height, status, fee } = inclusion;
    return { transactionId: id, txId, height, status, fee, entries };
  }

  async function finalize(): Promise<void> {
    for (const transaction of [...included]) {
      if (!transaction.settled || !isDue(transaction, tip)) continue;
      const { id: transactionId, inclusion } = transaction;
      const hash = await chain.blockHashAt(inclusion.height);
      if (hash === inclusion.indexBlockHash) await ledger.finalize({ transactionId, at: clock.now() });
      else if (hash !== null) await recheck(transaction, await statusesOf([transaction]));
    }
  }
}

const isIncluded = (transaction: Transaction): transaction is IncludedTransaction => transaction.state === 'included';

/** The attempt that a block holds, if any: of one nonce there is at most one. */
function minedAttempt({ attempts }: Pick<LiveTransaction, 'attempts'>, statuses: Statuses): Inclusion | null {
  for (const { txId } of attempts) {
    const status = statuses.get(txId);
    if (status?.kind === 'mined') {
      const { height, indexBlockHash, resultHex, fee } = status;
      return { txId, height, indexBlockHash, status: status.status, resultHex, fee };
    }
  }
  return null;
}
