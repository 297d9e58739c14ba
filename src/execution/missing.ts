import type { LaneDependencies } from './dependencies.ts';
import type { Lane } from './lane.ts';
import type { ChainTip, TransactionStatus } from './ports/chain.ts';
import type { LiveTransaction } from './ports/transaction.ts';

/** `open` proves nothing yet, `foreign` that somebody else used the nonce, `superseded` that it is so for good. */
export type MissingVerdict = 'open' | 'foreign' | 'superseded';

export interface MissingParameters {
  readonly lane: Lane;
  readonly transaction: LiveTransaction;
  /** Read after the account that shows the nonce as used. */
  readonly tip: ChainTip;
  readonly finalDepth: number;
}

/**
 * The nonce is used up and none of our attempts is in a block as far as the indexer told. The indexer may lag behind the
 * node that told the nonce: only once it has the very block at which the node had seen the nonce used, and still shows
 * none of ours, did a foreign transaction take it. Then the lane pauses with an alarm, and as many blocks later as make
 * things final the intents are released and the lane is halted. Answers the statuses instead where one of ours shows up.
 */
export async function judgeMissing(
  deps: LaneDependencies,
  { lane, transaction, tip, finalDepth }: MissingParameters,
): Promise<MissingVerdict | ReadonlyMap<LiveTransaction['attempts'][0]['txId'], TransactionStatus>> {
  const { ledger, chain, clock, log } = deps;
  const { id, nonce, attempts } = transaction;
  const since = lane.missingSince.get(id);
  if (since === undefined) {
    lane.missingSince.set(id, tip);
    log.warn({ transaction: id, nonce }, `nonce ${nonce} is used up and none of our attempts is in a block yet`);
    return 'open';
  }

  const hash = await chain.blockHashAt(since.height);
  if (hash === null) return 'open';
  if (hash !== since.indexBlockHash) {
    lane.missingSince.set(id, tip);
    return 'open';
  }
  // Asked only now: a status read before the indexer had the block would prove nothing.
  const statuses = await chain.transactions(attempts.map(({ txId }) => txId));
  if ([...statuses.values()].some(({ kind }) => kind === 'mined')) return statuses;
  // Once more, lest the two answers came from servers of which one lags.
  if ((await chain.blockHashAt(since.height)) !== since.indexBlockHash) return 'open';

  const note = `nonce ${nonce} was taken by a transaction that is not ours`;
  if (lane.pause(id, note)) {
    log.error({ transaction: id, nonce }, `lane ${lane.operator} is paused: ${note}; somebody else uses its key`);
  }
  if (tip.height < since.height + finalDepth) return 'foreign';
  if (!(await ledger.supersede({ transactionId: id, at: clock.now(), note }))) return 'open';
  log.error({ transaction: id, nonce }, `lane ${lane.operator} is halted: ${note}, for good; its intents are released`);
  return 'superseded';
}
