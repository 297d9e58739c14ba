import { decodeResult, type GridCall } from '../../contract/index.ts';
import { BaseError, type MicroStx, microStx, type Principal, type TxId } from '../../core/index.ts';
import type { ChainPort, TransactionStatus } from '../../execution/ports/chain.ts';
import type { SignerPort } from '../../execution/ports/signer.ts';

/** What became of one call of the neighbourhood. */
export interface Outcome {
  readonly name: string;
  readonly call: GridCall;
  /** Null where nothing was sent. */
  readonly txId: TxId | null;
  /** `ok`, or why not: the contract's error name, the node's reason, or what stood in the way. */
  readonly result: string;
}

interface Pending {
  readonly call: GridCall;
  readonly txId: TxId;
  readonly hex: string;
  readonly nonce: number;
  readonly sentAt: number;
}

export interface LaneDeps {
  readonly chain: ChainPort;
  readonly signer: SignerPort;
  /** The fee of a call: at least what the node takes for its size. */
  readonly feeOf: (call: GridCall) => Promise<MicroStx>;
  readonly report: (outcome: Outcome) => void;
}

/** One account's sequence of transactions. */
export interface Lane {
  readonly name: string;
  readonly address: Principal;
  /** STX outside the contract when it was last read, less what was spent since. */
  stx(): MicroStx;
  pending(): readonly TxId[];
  /**
   * Whether it may send: it waits for nothing. Reads nonce and balance from the chain where it has lost count.
   *
   * @throws TransientError when the chain gave no answer.
   */
  isReady(): Promise<boolean>;
  /** Takes note of what became of the pending transactions; posts again what seems lost. */
  settle(statuses: ReadonlyMap<TxId, TransactionStatus>, height: number): Promise<void>;
  /** Sends the calls in order with consecutive nonces, up to the first that the node refuses. */
  send(calls: readonly GridCall[], height: number): Promise<void>;
}

/** Blocks after which a pending transaction is posted again, and after which it is given up. */
const POST_AGAIN_AFTER = 4;
const GIVE_UP_AFTER = 16;

/** A lane that never stops for a failed transaction: what goes wrong is reported and the chain is asked anew. */
export function createLane(deps: LaneDeps, { name, address }: { name: string; address: Principal }): Lane {
  const { chain, signer, feeOf, report } = deps;
  let next: number | null = null;
  let stx = 0;
  let pending: readonly Pending[] = [];

  async function look(): Promise<void> {
    const [account, waiting] = await Promise.all([chain.account(address), chain.pendingNonces(address)]);
    // The lowest that nothing waits on: of an earlier run's transactions some may be lost, and a gap would stop the rest.
    let free = account.nonce;
    while (waiting.includes(free)) free += 1;
    next = free;
    stx = account.balance;
  }

  function reportPending({ call, txId }: Pending, result: string): void {
    report({ name, call, txId, result });
  }

  async function settleOne(item: Pending, status: TransactionStatus | undefined, height: number): Promise<boolean> {
    if (status?.kind === 'mined') {
      reportPending(item, resultOf(status));
      return true;
    }
    const age = height - item.sentAt;
    if (age >= GIVE_UP_AFTER) {
      reportPending(item, `unconfirmed after ${age} blocks`);
      next = null;
      return true;
    }
    if (age >= POST_AGAIN_AFTER && status?.kind !== 'mempool') {
      const outcome = await chain.broadcast(item.hex);
      if (outcome.kind === 'rejected') {
        // Most likely another transaction took its nonce.
        reportPending(item, outcome.reason);
        next = null;
        return true;
      }
    }
    return false;
  }

  async function sendOne(call: GridCall, height: number): Promise<boolean> {
    if (next === null) return false;
    const nonce = next;
    const fee = await feeOf(call);
    const { txId, hex } = await signer.sign({ signer: address, call, nonce, fee });
    const outcome = await chain.broadcast(hex);
    if (outcome.kind === 'rejected') {
      report({ name, call, txId, result: outcome.reason });
      next = null;
      return false;
    }
    pending = [...pending, { call, txId, hex, nonce, sentAt: height }];
    next = nonce + 1;
    stx -= fee + (call.kind === 'addFunds' ? Number(call.amount) : 0);
    return true;
  }

  return {
    name,
    address,
    stx: () => microStx(Math.max(0, stx)),
    pending: () => pending.map(({ txId }) => txId),
    async isReady() {
      if (pending.length > 0) return false;
      if (next === null) await look();
      return true;
    },
    async settle(statuses, height) {
      const settled = await Promise.all(pending.map((item) => settleOne(item, statuses.get(item.txId), height)));
      pending = pending.filter((_, index) => settled[index] !== true);
    },
    async send(calls, height) {
      for (const call of calls) if (!(await sendOne(call, height))) return;
    },
  };
}

function resultOf({ status, resultHex }: Extract<TransactionStatus, { kind: 'mined' }>): string {
  if (status === 'abort_by_post_condition' || status === 'problematic_skipped') return status;
  try {
    const result = decodeResult(resultHex);
    return result.ok ? 'ok' : (result.error ?? `error u${result.code}`);
  } catch (error) {
    if (error instanceof BaseError) return error.message;
    throw error;
  }
}
