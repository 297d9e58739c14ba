import type { LaneDependencies } from './dependencies.ts';
import { END_STATES, type Inclusion, type MinedTransaction, type Transaction } from './ports/transaction.ts';
import { standingOf } from './standing.ts';

/** Nonces looked at together. */
const PAGE = 20;

type Dependencies = Pick<LaneDependencies, 'ledger' | 'chain'>;

export interface MovedEnds {
  readonly moved: readonly MinedTransaction[];
  /** False while the indexer has no block where one of them was. */
  readonly isComplete: boolean;
}

/** A lane's transactions below a nonce that a block holds by the ledger's word, the newest first. */
async function* minedBelow({ ledger }: Dependencies, nonce: number): AsyncGenerator<MinedTransaction> {
  for (let to = nonce; to > 0; to -= PAGE) {
    const states = ['included', ...END_STATES] as const;
    const page = await ledger.transactions({ states, lane: ledger.lane, fromNonce: Math.max(0, to - PAGE) });
    for (const one of page.toReversed()) if (one.nonce < to && isMined(one)) yield one;
  }
}

/** The newest block that holds a transaction of the lane by the ledger's word; null where none does. */
export async function newestInclusion(deps: Dependencies, { below }: { below: number }): Promise<Inclusion | null> {
  for await (const { inclusion } of minedBelow(deps, below)) return inclusion;
  return null;
}

/**
 * The ends below a nonce whose blocks are gone: after a reorg past the final depth, which may have mined the same
 * transactions in other blocks at once, so that no nonce tells. Below one that stands all do.
 */
export async function movedEnds(deps: Dependencies, { below }: { below: number }): Promise<MovedEnds> {
  const moved: MinedTransaction[] = [];
  let isComplete = true;
  for await (const one of minedBelow(deps, below)) {
    if (one.state === 'included') continue;
    const standing = await standingOf(deps.chain, one.inclusion);
    if (standing === 'stands') break;
    if (standing === 'gone') moved.push(one);
    if (standing === 'unknown') isComplete = false;
  }
  return { moved, isComplete };
}

/** Whether a block holds it, as far as the ledger knows. */
export const isMined = (transaction: Transaction): transaction is MinedTransaction => 'inclusion' in transaction;
