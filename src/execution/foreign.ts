import type { LaneDependencies } from './dependencies.ts';
import type { Lane } from './lane.ts';
import { TRANSACTION_STATES } from './ports/transaction.ts';

/** States whose transaction has its nonce to itself. */
export const HOLDING_STATES = TRANSACTION_STATES.filter((state) => state !== 'superseded');

/**
 * Looks for pending transactions of the lane's address that are not ours: somebody else uses its key. While there is
 * one, the lane pauses with an alarm, for whatever it signed next could overwrite it. Answers their nonces.
 */
export async function findForeign(
  { ledger, chain, log }: Pick<LaneDependencies, 'ledger' | 'chain' | 'log'>,
  lane: Lane,
): Promise<readonly number[]> {
  const fromNonce = lane.account?.nonce ?? 0;
  const pending = (await chain.pendingNonces(lane.operator)).filter((nonce) => nonce >= fromNonce);
  const holders =
    pending.length === 0 ? [] : await ledger.transactions({ states: HOLDING_STATES, lane: lane.operator, fromNonce });
  const held = new Set(holders.map(({ nonce }) => nonce));
  const foreign = pending.filter((nonce) => !held.has(nonce));
  if (foreign.length === 0) lane.resume('foreign');
  else {
    const reason = `nonce ${foreign.join(', ')} is held by a pending transaction that is not ours`;
    if (lane.pause('foreign', reason)) {
      log.error({ foreign }, `lane ${lane.operator} is paused: ${reason}; somebody else uses its key`);
    }
  }
  return foreign;
}
