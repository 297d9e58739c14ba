import type { Height, MicroStx, TxId } from '../core/index.ts';
import { height as heightOf } from '../core/index.ts';
import { currentAttempt, enqueuePosts, signClaim } from './advance.ts';
import { budgetLeft, isWithinBudget } from './budget.ts';
import type { ExecutionConfig } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { feeFor, feeOfOneEntry, isTooDear } from './fee.ts';
import { findForeign } from './foreign.ts';
import type { Lane } from './lane.ts';
import { type Pack, packIntents } from './pack.ts';
import { type LiveTransaction, type Transaction, UNCONFIRMED_STATES } from './ports/transaction.ts';

/** A batch that was signed, stored and queued. */
export interface SubmittedBatch {
  readonly transactionId: number;
  readonly txId: TxId;
  readonly nonce: number;
  readonly fee: MicroStx;
  readonly intentIds: readonly string[];
}

export interface SubmitResult {
  readonly batches: readonly SubmittedBatch[];
  /** Intents that wait for room in the lane, for it to be un-paused, or for company; a later pass takes them. */
  readonly waiting: readonly string[];
}

export interface SendParameters {
  readonly lane: Lane;
  readonly config: Pick<ExecutionConfig, 'fee' | 'validityBlocks'> & {
    readonly maxEntries: number;
    readonly maxUnconfirmed: number;
  };
  readonly height: Height;
}

/**
 * Sends the intents that the ledger holds as allowed: packs them, and brings each pack from claim to queue. Intents that
 * have become stale while they waited are cancelled: they have no nonce, so nothing of them can execute.
 */
export async function sendAllowed(
  deps: LaneDependencies,
  { lane, config, height }: SendParameters,
): Promise<SubmitResult> {
  const { ledger, chain, clock, log } = deps;
  const isStale = (one: Awaited<ReturnType<typeof ledger.allowedIntents>>[number]): boolean =>
    one.height + config.validityBlocks < height || (one.intent.kind === 'list' && one.intent.openUntil <= height);

  const allowed = await ledger.allowedIntents({ lane: lane.operator });
  const stale = allowed.filter(isStale);
  if (stale.length > 0) {
    const ids = stale.map(({ id }) => id);
    await ledger.cancelIntents({ ids, at: clock.now() });
    log.warn({ intents: ids }, 'intents went stale before they had a nonce; they are cancelled');
  }
  const sendable = allowed.filter((one) => !isStale(one));
  let left = await budgetLeft(deps, { lane, fee: config.fee });
  const fits = (fee: MicroStx): boolean => isWithinBudget(deps, { lane, fee, left, policy: config.fee });
  let isShort = !fits(feeOfOneEntry(config.fee));
  if (!isShort && sendable.length === 0) lane.resume('budget');
  if (sendable.length === 0 && !lane.isPausedBy('foreign')) return { batches: [], waiting: [] };

  if (lane.halt !== null) return { batches: [], waiting: sendable.map(({ id }) => id) };

  // A key that somebody else uses may have moved on while nothing of ours was under way.
  if (lane.account === null || lane.accountAt < height) lane.account = await chain.account(lane.operator);
  lane.accountAt = height;
  await findForeign(deps, lane);
  if (lane.isPausedBeyond('budget')) return { batches: [], waiting: sendable.map(({ id }) => id) };

  // A nonce that a stranger took is gone, whatever a server that lags behind says: where a reorg gives it back, its
  // transaction takes it up again.
  const { nonce } = lane.account;
  const lost = await ledger.transactions({ states: ['superseded'], lane: lane.operator, fromNonce: nonce });
  const chainNonce = Math.max(nonce, ...lost.map((one) => one.nonce + 1));
  const validUntil = heightOf(height + config.validityBlocks);
  const signed: LiveTransaction[] = [];
  const waiting: string[] = [];
  const going: Pack[] = [];
  for (const pack of packIntents(sendable, { validUntil, maxEntries: config.maxEntries })) {
    const fee = feeFor(pack.call, config.fee);
    const mayCost = !isTooDear(pack.call, config.fee);
    const mayGo = mayCost && fits(fee);
    if (mayCost && !mayGo) isShort = true;
    if (mayGo) {
      going.push(pack);
      left -= fee;
    } else waiting.push(...pack.intentIds);
  }
  const outcomes = await Promise.allSettled(going.map((pack) => claimAndSign(deps, { config, pack, chainNonce })));
  for (const [index, outcome] of outcomes.entries()) {
    // Thrown once all are over: no write of a pass may come after it.
    if (outcome.status === 'rejected') throw outcome.reason;
    if (outcome.value === 'full') waiting.push(...(going[index]?.intentIds ?? []));
    else if (outcome.value !== 'taken') signed.push(outcome.value);
  }
  await enqueuePosts(deps, signed);
  if (!isShort) lane.resume('budget');
  lane.add(signed);
  return { batches: signed.map(submitted), waiting };
}

async function claimAndSign(
  deps: LaneDependencies,
  { config, pack, chainNonce }: Pick<SendParameters, 'config'> & { pack: Pack; chainNonce: number },
): Promise<LiveTransaction | 'full' | 'taken'> {
  const { ledger, clock } = deps;
  const claimed = await ledger.claim({ ...pack, chainNonce, window: config.maxUnconfirmed, at: clock.now() });
  if (claimed.kind !== 'claimed') return claimed.kind;
  return (await signClaim(deps, { claim: claimed.transaction, fee: config.fee })) ?? 'taken';
}

function submitted(signed: LiveTransaction): SubmittedBatch {
  const { txId, fee } = currentAttempt(signed);
  return { transactionId: signed.id, txId, nonce: signed.nonce, fee, intentIds: signed.intentIds };
}

/**
 * Brings every unconfirmed transaction of the lane as far as a job that posts it: claims are signed with the nonce they
 * have, and lost jobs come back. In flight as after a crash, this is the one way of recovery.
 */
export async function sweep(
  deps: LaneDependencies,
  { lane, config }: Pick<SendParameters, 'lane' | 'config'>,
): Promise<void> {
  const unconfirmed = await deps.ledger.transactions({ states: UNCONFIRMED_STATES, lane: lane.operator });
  const postable = await Promise.all(unconfirmed.map((one) => postableOf(deps, { transaction: one, fee: config.fee })));
  await enqueuePosts(
    deps,
    postable.filter((one) => one !== null),
  );
}

/** The transaction with bytes that are to be posted; null where there are none, or the chain has them. */
async function postableOf(
  deps: LaneDependencies,
  { transaction, fee }: { readonly transaction: Transaction; readonly fee: ExecutionConfig['fee'] },
): Promise<LiveTransaction | null> {
  switch (transaction.state) {
    case 'claimed':
      return signClaim(deps, { claim: transaction, fee });
    case 'signed':
    case 'queued':
    case 'broadcast':
      return transaction;
    case 'mempool':
    case 'included':
    case 'final':
    case 'reverted':
    case 'cancelled':
    case 'superseded':
      return null;
  }
}
