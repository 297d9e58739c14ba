import type { Height } from '../core/index.ts';
import { enqueuePosts, signClaim } from './advance.ts';
import { budgetLeft, isWithinBudget } from './budget.ts';
import type { LaneDependencies } from './dependencies.ts';
import { feeFor } from './fee.ts';
import { findForeign, HOLDING_STATES } from './foreign.ts';
import { NOOP } from './no-op.ts';
import { UNCONFIRMED_STATES } from './ports/transaction.ts';
import type { ReplaceParameters } from './replace.ts';

/**
 * Fills nonces that the lane left out below its highest unconfirmed one: a node takes what comes after a gap without a
 * word, and mines none of it. A gap must outlive a block, so that a server that was behind for a moment makes none.
 */
export async function fillGaps(
  deps: LaneDependencies,
  { lane, config, tip }: ReplaceParameters & { readonly tip: Height },
): Promise<void> {
  const { ledger, clock, log } = deps;
  const { account, operator } = lane;
  if (account === null || tip < lane.seenHeight) return;
  const holders = await ledger.transactions({ states: HOLDING_STATES, lane: operator, fromNonce: account.nonce });
  const held = new Set(holders.map(({ nonce }) => nonce));
  const highest = Math.max(0, ...holders.filter(isUnconfirmed).map(({ nonce }) => nonce));
  const gaps = range(account.nonce, highest).filter((nonce) => !held.has(nonce));
  for (const nonce of lane.gaps.keys()) if (!gaps.includes(nonce)) lane.gaps.delete(nonce);
  const old = gaps.filter((nonce) => {
    const since = lane.gaps.get(nonce);
    if (since !== undefined) return tip > since;
    lane.gaps.set(nonce, tip);
    log.warn({ nonce }, `no transaction of ours holds nonce ${nonce}, and later ones wait for it`);
    return false;
  });
  if (old.length === 0) return;

  const foreign = await findForeign(deps, lane);
  let left = await budgetLeft(deps, { lane, fee: config.fee });
  for (const nonce of old) {
    if (foreign.includes(nonce)) continue;
    const fee = feeFor(NOOP, config.fee);
    if (!lane.canPay(fee) || !isWithinBudget(deps, { lane, fee, left, policy: config.fee })) return;
    const claim = await ledger.claimGap({ nonce, call: NOOP, at: clock.now() });
    if (claim === null) continue;
    log.error({ transaction: claim.id, nonce }, `nonce ${nonce} is filled with a call that does nothing`);
    const signed = await signClaim(deps, { claim, fee: config.fee });
    if (signed !== null) await enqueuePosts(deps, [signed]);
    left -= fee;
  }
}

const isUnconfirmed = ({ state }: { readonly state: string }): boolean =>
  (UNCONFIRMED_STATES as readonly string[]).includes(state);

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index);
