import { eventDigest } from '../../contract/index.ts';
import type { Sequence } from '../../core/index.ts';
import type { ChainPort, GridLogEntry } from '../../execution/ports/chain.ts';
import { type KnownEvent, type KnownEvents, knownAt, lastKnown } from './known-events.ts';

/** How the log leads from what is known to the node's digest. */
export type Branch =
  | {
      readonly kind: 'found';
      /** The last event that both have. */
      readonly common: Sequence;
      /** The events after it, oldest first, and the hash chain over them. */
      readonly entries: readonly GridLogEntry[];
      readonly further: readonly KnownEvent[];
    }
  /** The indexer still shows what was there before. */
  | { readonly kind: 'behind' }
  /** It leads there from no known event. */
  | { readonly kind: 'unrelated' };

interface Target {
  readonly sequence: Sequence;
  readonly digest: string;
}

/** The indexer's largest page. */
export const LOG_PAGE = 50;

/**
 * Reads the log, newest page first, until its events above some known one lead to the target's digest. Events that
 * landed after the target was read are left for the next time.
 */
export async function readBranch(chain: ChainPort, known: KnownEvents, target: Target): Promise<Branch> {
  if (knownAt(known, target.sequence)?.digest === target.digest) {
    return { kind: 'found', common: target.sequence, entries: [], further: [] };
  }
  const oldest = known.events[0]?.sequence ?? target.sequence;
  const newestFirst: GridLogEntry[] = [];
  let candidate = Math.min(lastKnown(known).sequence, target.sequence - 1);
  if (candidate < oldest) return { kind: 'unrelated' };
  let cursor: string | null = null;
  do {
    const page = await chain.logs({ limit: LOG_PAGE, ...(cursor === null ? {} : { cursor }) });
    for (const entry of page.entries) {
      const wanted = target.sequence - newestFirst.length;
      if (entry.event.sequence < wanted) return { kind: 'behind' };
      if (entry.event.sequence === wanted) newestFirst.push(entry);
    }
    const reached = target.sequence - newestFirst.length;
    for (; candidate >= Math.max(reached, oldest); candidate -= 1) {
      const branch = branchFrom(knownAt(known, candidate), newestFirst, target);
      if (branch !== null) return branch;
    }
    const lowest = newestFirst.at(-1);
    if (candidate < oldest || (lowest !== undefined && isKnown(known, lowest))) break;
    cursor = page.olderCursor;
  } while (cursor !== null);
  const newest = newestFirst[0];
  return { kind: newest === undefined || isKnown(known, newest) ? 'behind' : 'unrelated' };
}

function isKnown(known: KnownEvents, entry: GridLogEntry): boolean {
  return knownAt(known, entry.event.sequence)?.hex === entry.hex;
}

/** The branch that leaves what is known after `common`, if its digest comes out as the target's. */
function branchFrom(
  common: KnownEvent | undefined,
  newestFirst: readonly GridLogEntry[],
  target: Target,
): Branch | null {
  if (common === undefined) return null;
  const entry = newestFirst[target.sequence - common.sequence];
  if (entry !== undefined && common.hex !== null && entry.hex !== common.hex) return null;
  const entries = newestFirst.slice(0, target.sequence - common.sequence).reverse();
  const further: KnownEvent[] = [];
  let digest = common.digest;
  for (const { event, hex } of entries) {
    digest = eventDigest(digest, hex);
    further.push({ sequence: event.sequence, digest, hex });
  }
  return digest === target.digest ? { kind: 'found', common: common.sequence, entries, further } : null;
}
