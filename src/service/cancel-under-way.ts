import { ConfigError, type TxId } from '../core/index.ts';
import type { CancelReport, Execution, LedgerReads, Transaction } from '../execution/index.ts';
import { UNCONFIRMED_STATES } from '../execution/ports/transaction.ts';

interface Dependencies {
  readonly execution: Pick<Execution, 'cancel'>;
  readonly ledger: Pick<LedgerReads, 'transactions' | 'allowedIntents'>;
}

const attemptsOf = (transaction: Transaction): readonly TxId[] =>
  transaction.state === 'claimed' ? [] : transaction.attempts.map(({ txId }) => txId);

/**
 * Cancels what the chain has not decided yet: the transactions that were named, by the id of any of their attempts, or all
 * of them and the intents that wait for a nonce.
 *
 * @throws ConfigError for an id that no transaction under way has; nothing is cancelled then.
 */
export async function cancelUnderWay(
  { execution, ledger }: Dependencies,
  wanted: readonly TxId[] | 'all',
): Promise<CancelReport> {
  const underWay = await ledger.transactions({ states: UNCONFIRMED_STATES });
  if (wanted === 'all') {
    const waiting = await ledger.allowedIntents();
    return execution.cancel([...underWay.flatMap(({ intentIds }) => intentIds), ...waiting.map(({ id }) => id)]);
  }
  const chosen = wanted.map((id) => {
    const found = underWay.find((one) => attemptsOf(one).includes(id));
    if (found !== undefined) return found;
    const last = underWay.flatMap((one) => attemptsOf(one).slice(-1));
    throw new ConfigError(`no transaction that is under way has the id ${id}`, {
      hints: [last.length === 0 ? 'Nothing is under way.' : `Under way are ${last.join(', ')}.`],
    });
  });
  return execution.cancel(chosen.flatMap(({ intentIds }) => intentIds));
}
