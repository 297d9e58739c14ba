import type { Height, TxId } from '../core/index.ts';
import type { PlannedIntent } from '../trading/intent.ts';
import { currentAttempt } from './advance.ts';
import type { ExecutionConfig } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { entryResults } from './entry-results.ts';
import { feeShare } from './fee.ts';
import type { Lane } from './lane.ts';
import { judgeMissing } from './missing.ts';
import { isMined, movedEnds, newestInclusion } from './moved-ends.ts';
import type { MinedStatus, TransactionStatus } from './ports/chain.ts';
import type { EntryResult } from './ports/ledger-records.ts';
import {
  END_STATES,
  type IncludedTransaction,
  type Inclusion,
  isCancelledBy,
  isLive,
  type LiveTransaction,
  type MinedTransaction,
  type Transaction,
  UNCONFIRMED_STATES,
} from './ports/transaction.ts';
import { standingOf } from './standing.ts';

/** What the chain said of a transaction since the last pass. */
export interface ConfirmedBatch {
  readonly transactionId: number;
  readonly txId: TxId;
  readonly height: Height;
  readonly status: MinedStatus;
  readonly fee: Inclusion['fee'];
  /** The intents with what became of each and what each pays of the fee, in the order of the entries. */
  readonly entries: readonly {
    readonly intent: PlannedIntent;
    readonly result: EntryResult;
    readonly fee: Inclusion['fee'];
  }[];
}

export interface ConfirmReport {
  readonly tip: Height;
  /** Newly confirmed: their intents are settled. */
  readonly confirmed: readonly ConfirmedBatch[];
  /** Newly confirmed transactions whose attempt that does nothing was mined: their intents are released. */
  readonly cancelled: readonly number[];
  /** Transactions that a reorg took out of the chain; they are on their way again. */
  readonly reorged: readonly number[];
  /** Transactions whose nonce a foreign transaction took. */
  readonly superseded: readonly number[];
}

export interface ConfirmParameters {
  readonly lane: Lane;
  readonly config: Pick<ExecutionConfig, 'confirmedDepth' | 'finalDepth'> & { readonly recheckMs: number };
}

export type Statuses = ReadonlyMap<TxId, TransactionStatus>;

/**
 * Brings the ledger up to what the chain says of one lane: one read of the account, one of the tip, one of all the
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
    return { tip: lane.seenHeight, confirmed: [], cancelled: [], reorged: [], superseded: [] };
  }

  // The account first: whatever used its nonces then lies at or below this tip.
  const account = await chain.account(owner);
  const reached = await chain.tip();
  const tip = reached.height;
  const isBehind = tip < lane.seenHeight;
  lane.see(tip);
  const reorged: number[] = [];
  const superseded: number[] = [];
  const cancelled: number[] = [];

  const undone = await findUndone();
  const inQuestion = unconfirmed.filter(isLive).filter(isInQuestion);
  const statuses = await statusesOf([...inQuestion, ...undone]);
  for (const transaction of undone) await recheck(transaction, statuses);
  for (const transaction of inQuestion) await judge(transaction, statuses);

  const confirmed = await settle();
  await finalize();
  lane.accountAt = tip;
  lane.observe(account, await ledger.transactions({ states: UNCONFIRMED_STATES, lane: owner }));
  return { tip, confirmed, cancelled, reorged, superseded };

  function isDue({ inclusion, settled }: IncludedTransaction, at: Height): boolean {
    return at >= inclusion.height + (settled ? config.finalDepth : config.confirmedDepth) - 1;
  }

  /** Those whose nonce is gone, and those of which nothing was heard for long. */
  function isInQuestion({ nonce, claimedAt }: LiveTransaction): boolean {
    return nonce < account.nonce || clock.now() - claimedAt >= config.recheckMs;
  }

  /**
   * A transaction that the chain has shows a nonce below the account's; any other, final or not, is a sign of a reorg, and
   * so is another block where one was seen before.
   */
  async function findUndone(): Promise<readonly MinedTransaction[]> {
    const ends = await ledger.transactions({ states: END_STATES, lane: owner, fromNonce: account.nonce });
    for (const { state, id, nonce } of ends) {
      if (state !== 'superseded' || isBehind) continue;
      const note = `the transaction that took nonce ${nonce} is gone`;
      if (await ledger.uninclude({ transactionId: id, at: clock.now(), note })) reorged.push(id);
    }
    const below = account.nonce;
    const { moved, isReorganised } = await findMoved(below);
    return [...included.filter(({ nonce }) => isReorganised || nonce >= below), ...ends.filter(isMined), ...moved];
  }

  /**
   * Compares what the indexer shows with what it showed in the pass before, for inclusions are told by it alone: it may
   * come to a reorg long after the node. A process that is new knows no block but those that the ledger has.
   */
  async function findMoved(below: number): Promise<{ moved: readonly MinedTransaction[]; isReorganised: boolean }> {
    const anchor = lane.anchor ?? (await newestInclusion(deps, { below }));
    // The next anchor is read first: should the indexer change its mind in between, the next pass will see it.
    const next = isBehind ? null : await chain.blockHashAt(tip);
    const shown = anchor === null ? null : await chain.blockHashAt(anchor.height);
    const isReorganised = shown !== null && shown !== anchor?.indexBlockHash;
    const { moved, isComplete } = isReorganised ? await movedEnds(deps, { below }) : { moved: [], isComplete: true };
    // Where the indexer has no block yet the older anchor stays.
    const isJudged = anchor === null || (shown !== null && isComplete);
    if (isJudged && next !== null) lane.anchor = { height: tip, indexBlockHash: next };
    else lane.anchor = anchor;
    return { moved, isReorganised };
  }

  async function statusesOf(transactions: readonly (LiveTransaction | MinedTransaction)[]): Promise<Statuses> {
    const ids = transactions.flatMap(({ attempts }) => attempts.map(({ txId }) => txId));
    return ids.length === 0 ? new Map() : chain.transactions(ids);
  }

  async function judge(transaction: LiveTransaction, known: Statuses): Promise<void> {
    const { id: transactionId, nonce } = transaction;
    let inclusion = minedAttempt(transaction, known);
    if (inclusion === null && nonce < account.nonce) {
      const verdict = await judgeMissing(deps, { lane, transaction, tip: reached, finalDepth: config.finalDepth });
      if (verdict === 'superseded') superseded.push(transactionId);
      if (typeof verdict === 'string') return;
      inclusion = minedAttempt(transaction, verdict);
      if (inclusion === null) return;
    }
    if (lane.missingSince.delete(transactionId)) lane.resume(transactionId);
    if (inclusion !== null) {
      await include(transaction, inclusion);
      return;
    }
    const pending = known.get(currentAttempt(transaction).txId)?.kind === 'mempool';
    const at = clock.now();
    if (pending) await ledger.transition({ transactionIds: [transactionId], from: ['broadcast'], to: 'mempool', at });
    else if (transaction.state === 'mempool') {
      const note = 'no server has it any more; the same bytes again';
      await ledger.transition({ transactionIds: [transactionId], from: ['mempool'], to: 'broadcast', at, note });
    }
  }

  async function include(transaction: LiveTransaction, inclusion: Inclusion): Promise<void> {
    const results = isCancelledBy(transaction, inclusion) ? [] : entryResults(transaction, inclusion);
    const transactionId = transaction.id;
    const applied = await ledger.include({ transactionId, inclusion, results, at: clock.now() });
    if (applied) included.push({ ...transaction, state: 'included', inclusion, settled: false });
  }

  /** Compares a mined transaction with what the chain says of it now; answers whether it still stands. */
  async function recheck(transaction: MinedTransaction, known: Statuses): Promise<boolean> {
    const { id: transactionId, inclusion } = transaction;
    const now = minedAttempt(transaction, known);
    if (now !== null && now.txId === inclusion.txId && now.indexBlockHash === inclusion.indexBlockHash) return true;
    // Absence alone proves nothing: only another block in its place does.
    if (now === null && (await standingOf(chain, inclusion)) !== 'gone') return true;
    const note = `a reorg took block ${inclusion.indexBlockHash.slice(0, 12)}… at height ${inclusion.height}`;
    if (!(await ledger.uninclude({ transactionId, at: clock.now(), note }))) return false;
    log.warn({ transaction: transactionId }, note);
    reorged.push(transactionId);
    const position = included.findIndex(({ id }) => id === transactionId);
    if (position >= 0) included.splice(position, 1);
    const { id, lane: operator, nonce, call, intentIds, claimedAt, attempts } = transaction;
    const again = { id, lane: operator, nonce, call, intentIds, claimedAt, attempts, state: 'broadcast' } as const;
    if (now !== null) await include(again, now);
    return false;
  }

  /** Those included deep enough are confirmed: their intents are no exposure any more. */
  async function settle(): Promise<readonly ConfirmedBatch[]> {
    const batches: ConfirmedBatch[] = [];
    for (const transaction of [...included]) {
      const { id, inclusion, settled } = transaction;
      if (settled || !isDue(transaction, tip)) continue;
      const standing = await standingOf(chain, inclusion);
      if (standing === 'gone') await recheck(transaction, await statusesOf([transaction]));
      if (standing !== 'stands' || !(await ledger.settle({ transactionId: id, at: clock.now() }))) continue;
      included[included.indexOf(transaction)] = { ...transaction, settled: true };
      lane.resume(id);
      if (isCancelledBy(transaction, inclusion)) cancelled.push(id);
      else batches.push(await describe(transaction));
    }
    return batches;
  }

  async function describe({ id, intentIds, inclusion }: IncludedTransaction): Promise<ConfirmedBatch> {
    const records = new Map((await ledger.intents(intentIds)).map(({ planned }) => [planned.id, planned]));
    const results = await ledger.results(id);
    const { txId, height, status, fee } = inclusion;
    const entries = results.flatMap((result, entry) => {
      const intent = records.get(result.intentId);
      if (intent === undefined) return [];
      return [{ intent, result, fee: feeShare(fee, { entry, entries: intentIds.length }) }];
    });
    return { transactionId: id, txId, height, status, fee, entries };
  }

  async function finalize(): Promise<void> {
    for (const transaction of [...included]) {
      if (!transaction.settled || !isDue(transaction, tip)) continue;
      const standing = await standingOf(chain, transaction.inclusion);
      if (standing === 'stands') await ledger.finalize({ transactionId: transaction.id, at: clock.now() });
      if (standing === 'gone') await recheck(transaction, await statusesOf([transaction]));
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
