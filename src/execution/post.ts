import { LostLaneError, microStx } from '../core/index.ts';
import { currentAttempt, hashOfHex } from './advance.ts';
import type { ExecutionConfig } from './config.ts';
import type { LaneDependencies } from './dependencies.ts';
import { highestFee, raisedFee } from './fee.ts';
import type { Lane } from './lane.ts';
import { NOOP } from './no-op.ts';
import type { BroadcastOutcome } from './ports/chain.ts';
import type { Job, JobHandler, JobOutcome } from './ports/queue.ts';
import { type Attempt, isLive, type LiveTransaction } from './ports/transaction.ts';
import { reactionTo } from './reaction.ts';
import { replace } from './replace.ts';

/** How much longer than a plain retry a paused transaction waits. */
const PAUSE_PATIENCE = 10;

const DONE: JobOutcome = { kind: 'done' };

export interface PostParameters {
  readonly config: Pick<ExecutionConfig, 'fee' | 'finalDepth'> & { readonly retryMs: number };
  readonly lane: Lane;
}

/**
 * Posts one attempt's bytes until a node has them or the chain has spoken. It trusts the ledger, not the job, and
 * draws no conclusion from a node's silence.
 */
export function postHandler(deps: LaneDependencies, { config, lane }: PostParameters): JobHandler {
  const { ledger, chain, clock, log } = deps;

  /** One job; whoever has the lane after us brings back what we had to let go of. */
  async function handle(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    const epoch = Number(job.data.epoch);
    if (epoch > ledger.epoch) return { kind: 'again', delayMs: config.retryMs };
    if (epoch < ledger.epoch) return DONE;
    try {
      return await post(job, signal);
    } catch (error) {
      if (!(error instanceof LostLaneError)) throw error;
      log.warn({ job: job.id }, error.message);
      return DONE;
    }
  }

  async function post(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    const found = await beginPost(deps, job);
    if (found === null) return DONE;
    const { transaction, attempt } = found;
    // Of several attempts the last one counts: it offers the most, and it alone is posted.
    if (transaction.state === 'mempool' || attempt !== currentAttempt(transaction)) return DONE;

    if (signal.aborted) return { kind: 'again', delayMs: 0 };
    const outcome = await chain.broadcast(attempt.hex);
    const { id, nonce } = transaction;
    const fields = { transaction: id, nonce, txId: attempt.txId, outcome };
    const reaction = reactionTo(outcome);
    switch (reaction.kind) {
      case 'accepted':
        return accept(transaction, 'accepted');
      case 'again':
        return { kind: 'again', delayMs: Math.max(reaction.afterMs ?? 0, config.retryMs * reaction.patience) };
      case 'lookUp':
        if (await ownAttemptIsKnown(transaction)) return accept(transaction, 'a node knows one of our attempts');
        if (reaction.holder === 'mempool') return pause(transaction, outcome, fields);
        log.warn(fields, `nonce ${nonce} is taken and none of our attempts is known yet; asking again`);
        return { kind: 'again', delayMs: config.retryMs };
      case 'raiseFee':
        return raiseFee(transaction, attempt, outcome, fields);
      case 'cancel':
        return cancel(transaction, attempt, outcome, fields);
      case 'pause':
        return pause(transaction, outcome, fields);
    }
  }

  async function accept({ id }: LiveTransaction, note: string): Promise<JobOutcome> {
    lane.resume(id);
    await ledger.transition({ transactionIds: [id], from: ['broadcast'], to: 'mempool', at: clock.now(), note });
    return DONE;
  }

  /** Nothing new is sent while the reason lasts; the bytes are offered again, for the reason may pass. */
  function pause({ id, nonce }: LiveTransaction, outcome: BroadcastOutcome, fields: object): JobOutcome {
    const reason = `nonce ${nonce}: ${describe(outcome)}`;
    if (lane.pause(id, reason)) log.error(fields, `lane ${lane.operator} is paused: ${reason}`);
    return { kind: 'again', delayMs: config.retryMs * PAUSE_PATIENCE };
  }

  async function ownAttemptIsKnown({ attempts }: LiveTransaction): Promise<boolean> {
    const statuses = await chain.transactions(attempts.map(({ txId }) => txId));
    return [...statuses.values()].some(({ kind }) => kind === 'mempool' || kind === 'mined');
  }

  /** The node did not take the bytes for their fee, or keeps these bytes out: others of the same nonce at a higher fee. */
  async function raiseFee(
    transaction: LiveTransaction,
    { fee: last, noop }: Attempt,
    outcome: BroadcastOutcome,
    fields: object,
  ): Promise<JobOutcome> {
    const asked = outcome.kind === 'rejected' && outcome.expected !== null ? Number(outcome.expected) : 0;
    const call = noop ? NOOP : transaction.call;
    const raised = raisedFee(call, last, config.fee);
    const fee = raised === null ? null : microStx(Math.max(raised, asked));
    if (fee === null || fee > highestFee(call, config.fee)) return pause(transaction, outcome, fields);
    return replaceBy({ transaction, noop, fee, note: `the node said ${describe(outcome)}, its fee is raised` }, fields);
  }

  /** No node will ever take this call, and a nonce must not stay empty: a call that does nothing instead. */
  async function cancel(
    transaction: LiveTransaction,
    { fee: last, noop }: Attempt,
    outcome: BroadcastOutcome,
    fields: object,
  ): Promise<JobOutcome> {
    const fee = raisedFee(NOOP, last, config.fee);
    const isHeld = (await chain.pendingNonces(transaction.lane)).includes(transaction.nonce);
    if (noop || fee === null || isHeld) return pause(transaction, outcome, fields);
    const note = `the node said ${describe(outcome)}, it is replaced by a call that does nothing`;
    return replaceBy({ transaction, noop: true, fee, note }, fields);
  }

  /** The job is done once the ledger has other bytes to post, or another one changed them in between. */
  async function replaceBy(
    replacement: Pick<Parameters<typeof replace>[1], 'transaction' | 'noop' | 'fee' | 'note'>,
    fields: object,
  ): Promise<JobOutcome> {
    const done = await replace(deps, { ...replacement, lane, config });
    if (done || !lane.isPausedBy('budget')) return DONE;
    log.warn(fields, `nonce ${replacement.transaction.nonce} waits for the fee budget`);
    return { kind: 'again', delayMs: config.retryMs * PAUSE_PATIENCE };
  }

  return handle;
}

/**
 * The attempt that a job carries, by the ledger, which has its transaction as broadcast from now on; null where there is
 * nothing to post. The write also proves, as late as can be, that the lane is still ours.
 */
async function beginPost(
  { ledger, log, clock }: LaneDependencies,
  job: Job,
): Promise<{ transaction: LiveTransaction; attempt: Attempt } | null> {
  const { txId, hex, sha256 } = job.data;
  const known = { txId: txId as Attempt['txId'], sha256: hashOfHex(String(hex)) };
  const transaction = await ledger.beginPost({ ...known, at: clock.now() });
  if (transaction === null || transaction.state === 'claimed') {
    log.error({ job: job.id }, 'a job carries a transaction that the ledger does not know; it is not posted');
    return null;
  }
  if (!isLive(transaction) || transaction.lane !== ledger.lane) return null;
  const attempt = transaction.attempts.find((one) => one.txId === txId);
  if (attempt === undefined || sha256 !== attempt.sha256 || known.sha256 !== attempt.sha256) {
    log.error({ job: job.id }, "a job's bytes are not those of the ledger; they are not posted");
    return null;
  }
  return { transaction, attempt };
}

function describe(outcome: BroadcastOutcome): string {
  return outcome.kind === 'rejected' ? `${outcome.reason} (${outcome.message})` : outcome.kind;
}
