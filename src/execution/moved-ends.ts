import type { LaneDependencies } from './dependencies.ts';
import { END_STATES, type MinedTransaction, type Transaction } from './ports/transaction.ts';
import { standingOf } from './standing.ts';

/** Nonces looked at together. */
const PAGE = 20;

/**
 * The ends below a nonce whose blocks are gone: after a reorg past the final depth, which may have mined the same
 * transactions in other blocks at once, so that no nonce tells. The newest come first, and below one that stands all do.
 */
export async function movedEnds(
  { ledger, chain }: Pick<LaneDependencies, 'ledger' | 'chain'>,
  { below }: { readonly below: number },
): Promise<readonly MinedTransaction[]> {
  const moved: MinedTransaction[] = [];
  for (let to = below; to > 0; to -= PAGE) {
    const fromNonce = Math.max(0, to - PAGE);
    const page = await ledger.transactions({ states: END_STATES, lane: ledger.lane, fromNonce });
    for (const end of page.filter((one) => one.nonce < to && isMined(one)).reverse() as MinedTransaction[]) {
      const standing = await standingOf(chain, end.inclusion);
      if (standing === 'stands') return moved;
      if (standing === 'gone') moved.push(end);
    }
  }
  return moved;
}

/** Whether a block holds it, as far as the ledger knows. */
export const isMined = (transaction: Transaction): transaction is MinedTransaction => 'inclusion' in transaction;
