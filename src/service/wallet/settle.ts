import {
  decodeBatchResult,
  decodeResult,
  type EntryResult,
  type GridCall,
  type GridErrorName,
} from '../../contract/index.ts';
import { type Height, type MicroStx, RejectedError, TransientError, type TxId, unreachable } from '../../core/index.ts';
import type { MinedStatus } from '../../execution/ports/chain.ts';
import type { SignedTransaction, SignerPort } from '../../execution/ports/signer.ts';
import { errorSentence } from './error-sentence.ts';
import type { PreparedTransaction } from './prepare.ts';
import { type SendDeps, type SendOptions, type SendOutcome, sendTransaction } from './send.ts';

/** A transaction that did what it was signed for. */
export interface Settled {
  readonly txId: TxId;
  readonly height: Height;
  /** Taken by the chain. */
  readonly fee: MicroStx;
  readonly value: SettledValue;
}

/** What the call answered: `true`, the number that it made, or for a batch the answer to each entry, some with success. */
export type SettledValue = true | bigint | readonly EntryResult[];

/**
 * Signs a prepared call, sends it and waits for its block.
 *
 * @throws RejectedError with the contract's error name, or the node's reason, as its code; TransientError when time is up
 * and the outcome is not known, naming what to look up.
 */
export async function sendCall(
  deps: SendDeps & { readonly signer: SignerPort },
  prepared: PreparedTransaction,
  options: SendOptions,
): Promise<Settled> {
  const { content, sender, nonce, fee } = prepared;
  if (content.kind !== 'call') throw new RejectedError('expected a prepared call, was a deploy', { code: 'content' });
  const signed = await deps.signer.sign({ signer: sender, call: content.call, nonce, fee });
  const { call } = content;
  return settle(signed, await sendTransaction(deps, signed, options), (resultHex) => answerOf(call, resultHex));
}

/** @throws RejectedError when the contract refused the call, or every entry of a batch. */
function answerOf(call: GridCall, resultHex: string): SettledValue {
  if (!('entries' in call)) {
    const result = decodeResult(resultHex);
    if (!result.ok) throw contractRefusal(result.error, result.code);
    return result.value;
  }
  const batch = decodeBatchResult(resultHex);
  if (!batch.ok) throw contractRefusal(batch.error, batch.code);
  const [first] = batch.entries;
  if (first?.ok === false && batch.entries.every((entry) => !entry.ok)) throw contractRefusal(first.error, first.code);
  return batch.entries;
}

/** As `sendCall`, for a deploy that is signed already: the contract's top level answers nothing. */
export async function sendDeploy(deps: SendDeps, signed: SignedTransaction, options: SendOptions): Promise<Settled> {
  return settle(signed, await sendTransaction(deps, signed, options), () => true);
}

function settle(
  signed: SignedTransaction,
  outcome: SendOutcome,
  decodeValue: (resultHex: string) => SettledValue,
): Settled {
  const { txId } = signed;
  switch (outcome.kind) {
    case 'mined': {
      if (outcome.status !== 'success') throw minedFailure(outcome.status, outcome.resultHex);
      return { txId, height: outcome.height, fee: outcome.fee, value: decodeValue(outcome.resultHex) };
    }
    case 'rejected':
      throw new RejectedError(
        `expected the node to take the transaction, it refused with ${outcome.reason}: ${outcome.message}`,
        {
          code: outcome.reason,
          hints: ['Nothing was sent and no fee was taken.'],
        },
      );
    case 'unconfirmed':
      throw new TransientError(
        `expected transaction 0x${txId} in a block by now, was last seen as ${seenAs[outcome.lastSeen]}`,
        {
          hints: [
            `Its outcome is not known: it may still be mined. Look it up before signing again: GET /extended/v1/tx/0x${txId}`,
          ],
        },
      );
    default:
      return unreachable(outcome, 'outcome of sending');
  }
}

const seenAs = {
  absent: 'unknown to the node',
  mempool: 'waiting in the mempool',
  dropped: 'dropped by the node',
} as const;

function minedFailure(status: Exclude<MinedStatus, 'success'>, resultHex: string): RejectedError {
  const hints = ['The fee was taken; nothing else has changed.'];
  switch (status) {
    case 'abort_by_response': {
      const result = decodeResult(resultHex);
      if (result.ok) return new RejectedError('expected a refusal of the contract, was a success', { code: status });
      return contractRefusal(result.error, result.code);
    }
    case 'abort_by_post_condition':
      return new RejectedError(
        'the chain stopped the transaction: more or less would have moved than its post-conditions allow',
        {
          code: status,
          hints,
        },
      );
    case 'problematic_skipped':
      return new RejectedError('the chain skipped the transaction as problematic', { code: status, hints });
    default:
      return unreachable(status, 'status of a mined transaction');
  }
}

function contractRefusal(name: GridErrorName | null, code: number): RejectedError {
  const hints = ['The fee was taken; nothing else has changed.'];
  if (name === null) {
    return new RejectedError(
      code === 0 ? 'the contract stopped with a runtime error' : `the contract refused with u${code}`,
      {
        code: code === 0 ? 'runtimeError' : `u${code}`,
        hints,
      },
    );
  }
  return new RejectedError(`the contract refused with ${name} (u${code}): ${errorSentence(name)}`, {
    code: name,
    hints,
  });
}
