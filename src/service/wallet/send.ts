import { TransientError, type TxId, unreachable } from '../../core/index.ts';
import type { ChainPort, RejectionReason, TransactionStatus } from '../../execution/ports/chain.ts';
import type { SignedTransaction } from '../../execution/ports/signer.ts';

export interface SendDeps {
  readonly chain: ChainPort;
  /** Waits that many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Told each step, one line. */
  readonly progress: (line: string) => void;
}

export interface SendOptions {
  /** How long to wait for the confirmation, in milliseconds, as `pause` counts them. */
  readonly timeoutMs: number;
  /** Between two looks at the chain. */
  readonly pollMs: number;
}

export type SendOutcome =
  | Extract<TransactionStatus, { kind: 'mined' }>
  /** The node refused it and it never was in a mempool: nothing has happened. */
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly message: string }
  /** Time is up. It may still be mined. */
  | { readonly kind: 'unconfirmed'; readonly lastSeen: 'absent' | 'mempool' | 'dropped' };

/** The node's own trouble: says nothing about the transaction. */
const nodeTrouble: ReadonlySet<RejectionReason> = new Set([
  'EstimatorError',
  'ServerFailureNoSuchChainTip',
  'ServerFailureDatabase',
  'ServerFailureOther',
]);

/** After this many looks that find it nowhere, the same bytes are posted again. */
const LOOKS_BEFORE_REPOST = 10;

/**
 * Posts signed bytes until a node has them and waits until they are mined. An unknown outcome is answered by the same
 * bytes again, never by others: so it executes at most once. The id is told before the first POST.
 */
export async function sendTransaction(
  deps: SendDeps,
  signed: SignedTransaction,
  options: SendOptions,
): Promise<SendOutcome> {
  const { chain, progress } = deps;
  progress(`transaction 0x${signed.txId}`);
  const wait = waiting(deps, options);
  let mayHaveArrived = false;
  let lastSeen: 'absent' | 'mempool' | 'dropped' = 'absent';
  let looksBeforePost = 0;
  for (;;) {
    let refusal: Extract<SendOutcome, { kind: 'rejected' }> | null = null;
    if (lastSeen !== 'mempool' && looksBeforePost === 0) {
      const posted = await post(chain, signed);
      if (posted.kind === 'rejected') refusal = posted;
      else mayHaveArrived = true;
      if (posted.kind === 'accepted' && lastSeen === 'absent') progress('accepted by the node; waiting for a block');
      if (posted.kind === 'unknown') progress(`no clear answer (${posted.cause}); the same bytes are sent again`);
      looksBeforePost = posted.kind === 'unknown' ? 1 : LOOKS_BEFORE_REPOST;
    }
    const status = await look(chain, signed.txId);
    looksBeforePost = Math.max(0, looksBeforePost - 1);
    if (status?.kind === 'mined') return status;
    if (status !== null) lastSeen = status.kind;
    mayHaveArrived ||= lastSeen !== 'absent';
    if (refusal !== null && !mayHaveArrived && status !== null) return refusal;
    if (!(await wait())) return { kind: 'unconfirmed', lastSeen };
  }
}

type Posted =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unknown'; readonly cause: string }
  | Extract<SendOutcome, { kind: 'rejected' }>;

async function post(chain: ChainPort, signed: SignedTransaction): Promise<Posted> {
  const outcome = await chain.broadcast(signed.hex);
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'unknown':
      return { kind: 'unknown', cause: outcome.cause };
    case 'rejected': {
      const { reason, message } = outcome;
      return nodeTrouble.has(reason) ? { kind: 'unknown', cause: message } : { kind: 'rejected', reason, message };
    }
    default:
      return unreachable(outcome, 'broadcast outcome');
  }
}

/** A node that cannot be asked just now is asked again: null. */
async function look(chain: ChainPort, id: TxId): Promise<TransactionStatus | null> {
  try {
    return (await chain.transactions([id])).get(id) ?? { kind: 'absent' };
  } catch (error) {
    if (error instanceof TransientError) return null;
    throw error;
  }
}

function waiting({ pause }: SendDeps, { timeoutMs, pollMs }: SendOptions): () => Promise<boolean> {
  let waited = 0;
  return async () => {
    if (waited >= timeoutMs) return false;
    await pause(pollMs);
    waited += pollMs;
    return true;
  };
}
