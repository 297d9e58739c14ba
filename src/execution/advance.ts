import { createHash } from 'node:crypto';
import type { Principal } from '../core/index.ts';
import type { ExecutionConfig } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { feeFor } from './fee.ts';
import type { LaneLedger } from './ports/ledger.ts';
import type { Job } from './ports/queue.ts';
import { type Attempt, type ClaimedTransaction, isLive, type LiveTransaction } from './ports/transaction.ts';

/**
 * The topic of the jobs that post the transactions of lanes which are held together: whoever holds them works on it, and
 * nobody else.
 */
export function postTopic(lanes: readonly Principal[]): string {
  const names = [...lanes].sort().join(' ');
  return `transactions-${createHash('sha256').update(names).digest('hex').slice(0, 16)}`;
}

type Dependencies = Pick<LaneDependencies, 'ledger' | 'queue' | 'topic' | 'signer' | 'clock'>;

/** SHA-256 of hex-encoded bytes, as 64 hex digits. */
export const hashOfHex = (hex: string): string => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');

/**
 * claimed → signed: the same claim gives the same bytes, however often a crash makes it sign again.
 *
 * Answers the transaction as the ledger has it, which another pass may have moved on already.
 */
export async function signClaim(
  { ledger, signer, clock }: Dependencies,
  { claim, fee }: { readonly claim: ClaimedTransaction; readonly fee: ExecutionConfig['fee'] },
): Promise<LiveTransaction | null> {
  const { id, lane, nonce, call } = claim;
  const attempt = await signAttempt({ signer, clock }, { lane, nonce, call, fee: feeFor(call, fee), noop: false });
  if (await ledger.addAttempt({ transactionId: id, attempt })) {
    return { ...claim, state: 'signed', attempts: [attempt] };
  }
  const current = await ledger.transaction(id);
  return current !== null && isLive(current) ? current : null;
}

export async function signAttempt(
  { signer, clock }: Pick<Dependencies, 'signer' | 'clock'>,
  { lane, nonce, call, fee, noop }: Pick<ClaimedTransaction, 'lane' | 'nonce' | 'call'> & Pick<Attempt, 'fee' | 'noop'>,
): Promise<Attempt> {
  const { txId, hex } = await signer.sign({ signer: lane, call, nonce, fee });
  return { txId, hex, sha256: hashOfHex(hex), fee, noop, createdAt: clock.now() };
}

/** The attempt that is posted: the last one signed. */
export const currentAttempt = ({ attempts }: LiveTransaction): Attempt => attempts.at(-1) ?? attempts[0];

/** The job that carries one attempt; its id is free again once it is done, and a new holder's is another. */
function postJob({ lane, epoch }: LaneLedger, { txId, hex, sha256 }: Attempt): Job {
  return { id: `tx-${epoch}-${txId}`, data: { txId, hex, sha256, lane, epoch } };
}

/** signed → queued; for those that were queued already it brings back jobs that were lost. */
export async function enqueuePosts(
  { ledger, queue, topic, clock }: Dependencies,
  transactions: readonly LiveTransaction[],
): Promise<void> {
  if (transactions.length === 0) return;
  const jobs = transactions.map((one) => postJob(ledger, currentAttempt(one)));
  await queue.enqueue({ topic, jobs });
  const transactionIds = transactions.filter(({ state }) => state === 'signed').map(({ id }) => id);
  if (transactionIds.length > 0) {
    await ledger.transition({ transactionIds, from: ['signed'], to: 'queued', at: clock.now() });
  }
}
