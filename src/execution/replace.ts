import type { Height, MicroStx } from '../core/index.ts';
import { currentAttempt, enqueuePosts, signAttempt, signClaim } from './advance.ts';
import { budgetLeft, isWithinBudget } from './budget.ts';
import { BUMP_AFTER_BLOCKS, type ExecutionConfig } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { raisedFee } from './fee.ts';
import type { Lane } from './lane.ts';
import { NOOP } from './no-op.ts';
import { isLive, isPastUse, type LiveTransaction, UNCONFIRMED_STATES } from './ports/transaction.ts';

export interface ReplaceParameters {
  readonly lane: Lane;
  readonly config: Pick<ExecutionConfig, 'fee' | 'finalDepth'>;
}

interface Replacement extends ReplaceParameters {
  readonly transaction: LiveTransaction;
  /** Replaces the call by one that does nothing. */
  readonly noop: boolean;
  readonly fee: MicroStx;
  readonly note: string;
}

/**
 * Signs another attempt of the same nonce at a higher fee and queues it; whichever the chain mines decides. Answers
 * whether it did: not beyond the day's budget, and not where another attempt came in between.
 */
export async function replace(deps: LaneDependencies, replacement: Replacement): Promise<boolean> {
  const { lane, config, transaction, noop, fee, note } = replacement;
  const { ledger, log } = deps;
  const last = currentAttempt(transaction);
  const left = await budgetLeft(deps, { lane, fee: config.fee });
  const more = (fee - last.fee) as MicroStx;
  if (!isWithinBudget(deps, { lane, fee: more, left, policy: config.fee })) return false;
  const call = noop ? NOOP : transaction.call;
  const attempt = await signAttempt(deps, { ...transaction, call, fee, noop });
  const added = { transactionId: transaction.id, after: last.txId, attempt, note: `${note}: ${fee} µSTX` };
  if (!(await ledger.replace(added))) return false;
  log.warn({ transaction: transaction.id, fee }, `nonce ${transaction.nonce}: ${added.note}`);
  await enqueuePosts(deps, [{ ...transaction, state: 'signed', attempts: [...transaction.attempts, attempt] }]);
  return true;
}

/**
 * Whether a node says that it has the last attempt's bytes: nothing but ours holds the nonce then, so that a replacement
 * overwrites nobody else's transaction. Where it does not, they are on their way again.
 */
async function isOurs({ chain, ledger, clock }: LaneDependencies, transaction: LiveTransaction): Promise<boolean> {
  const outcome = await chain.broadcast(currentAttempt(transaction).hex);
  if (outcome.kind === 'accepted') return true;
  const note = 'no node has it now; the same bytes again';
  await ledger.transition({
    transactionIds: [transaction.id],
    from: ['mempool'],
    to: 'broadcast',
    at: clock.now(),
    note,
  });
  return false;
}

/**
 * Looks after the lowest unconfirmed nonce, which all others wait for. While the tip advances and a node has it, its fee is
 * raised by a quarter every so many blocks, up to what it may offer; once it can only fail for its age, for good, it is
 * replaced by a call that does nothing, so that the nonce becomes free.
 */
export async function tendHead(
  deps: LaneDependencies,
  { lane, config, tip }: ReplaceParameters & { readonly tip: Height },
): Promise<void> {
  const unconfirmed = await deps.ledger.transactions({ states: UNCONFIRMED_STATES, lane: lane.operator });
  const head = unconfirmed.find(({ nonce }) => nonce === lane.account?.nonce);
  if (head === undefined || head.state !== 'mempool') {
    lane.head = null;
    return;
  }
  const { txId, fee: last, noop } = currentAttempt(head);
  if (lane.head?.txId !== txId || tip < lane.head.since) lane.head = { txId, since: tip };
  const { bumpAfterBlocks = BUMP_AFTER_BLOCKS } = config.fee;
  const waited = tip - lane.head.since;
  const expired = !noop && isPastUse(head, { tip, finalDepth: config.finalDepth });
  if (waited < 1 || (!expired && waited < bumpAfterBlocks)) return;
  const nothing = noop || expired;
  const fee = raisedFee(nothing ? NOOP : head.call, last, config.fee);
  // A fee that the wallet does not hold would make nodes refuse what they have taken already.
  if (fee === null || !lane.canPay(fee) || !(await isOurs(deps, head))) return;
  const note = expired
    ? `it expired at height ${head.call.validUntil} and is replaced by a call that does nothing`
    : `it waited ${waited} blocks, its fee is raised`;
  await replace(deps, { lane, config, transaction: head, noop: nothing, fee, note });
}

export interface LaneCancelReport {
  /** Intents that had no nonce: they are cancelled. */
  readonly cancelled: readonly string[];
  /** Intents whose transaction has an attempt that does nothing now. They are exposure until the chain has decided. */
  readonly replaced: readonly string[];
}

export interface CancelReport extends LaneCancelReport {
  /**
   * Intents of which nothing was cancelled: their transaction carries others too, is mined, is at its cap, cannot be paid for,
   * or nobody knows who holds its nonce.
   */
  readonly kept: readonly string[];
}

/** Cancels a lane's intents, and the transactions that carry these intents alone. */
export async function cancelIntents(
  deps: LaneDependencies,
  { lane, config, ids }: ReplaceParameters & { readonly ids: readonly string[] },
): Promise<LaneCancelReport> {
  const { ledger, clock } = deps;
  await ledger.cancelIntents({ ids, at: clock.now() });
  const records = (await ledger.intents(ids)).filter(({ planned }) => planned.operator === lane.operator);
  const cancelled = records.filter(({ state }) => state === 'cancelled').map(({ planned }) => planned.id);
  const asked = new Set(ids);
  const replaced: string[] = [];
  for (const id of new Set(records.flatMap(({ transactionId }) => transactionId ?? []))) {
    const found = await ledger.transaction(id);
    if (found === null || !found.intentIds.every((one) => asked.has(one))) continue;
    const transaction = found.state === 'claimed' ? await signClaim(deps, { claim: found, fee: config.fee }) : found;
    if (transaction === null || !isLive(transaction)) continue;
    if (await cancelTransaction(transaction)) replaced.push(...transaction.intentIds);
  }
  return { cancelled, replaced };

  async function cancelTransaction(transaction: LiveTransaction): Promise<boolean> {
    const last = currentAttempt(transaction);
    if (last.noop) return true;
    const fee = raisedFee(NOOP, last.fee, config.fee);
    const isPosted =
      transaction.state === 'broadcast' || transaction.state === 'mempool' || transaction.attempts.length > 1;
    if (fee === null || !lane.canPay(fee) || (isPosted && !(await isOurs(deps, transaction)))) return false;
    const note = 'it is cancelled: replaced by a call that does nothing';
    return replace(deps, { lane, config, transaction, noop: true, fee, note });
  }
}
