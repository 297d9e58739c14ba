import { eventDigest, OPENING_DIGEST } from '../contract/index.ts';
import { sequence } from '../core/index.ts';
import type { ExecutionDependencies } from './dependencies.ts';
import type { GridLogEntry } from './ports/chain.ts';
import type { EventMark } from './ports/ledger-records.ts';

/** Before the first event all chains of events are the same. */
const OPENING: EventMark = { sequence: sequence(0), digest: OPENING_DIGEST };

export const isSameMark = (one: EventMark, other: EventMark): boolean =>
  one.sequence === other.sequence && one.digest === other.digest;

/** How the log leads from what was read to what a node has. */
export interface Branch {
  /** The newest mark that the node's events have too. */
  readonly common: EventMark;
  /** The events after it, oldest first. */
  readonly entries: readonly GridLogEntry[];
}

export interface BranchParameters {
  /** Oldest first. */
  readonly marks: readonly EventMark[];
  /** Where the node's events end. */
  readonly upTo: EventMark;
  /** Events that end there and are known already, oldest first; may be none. */
  readonly entries: readonly GridLogEntry[];
  /** How many events below the last mark may be read again at most. */
  readonly reach: number;
}

/**
 * Finds the newest mark from which the events lead to the digest where the node's end, reading the log newest page first
 * as far as it takes. An equal id or height of an event would prove nothing: a reorg can leave both, and move those before.
 *
 * @returns null where the log leads there from no mark within reach: it comes from an indexer that is not as far, or on
 * another fork, or the reorg was deeper.
 */
export async function branchTo(
  { chain }: Pick<ExecutionDependencies, 'chain'>,
  { marks, upTo, entries, reach }: BranchParameters,
): Promise<Branch | null> {
  const newestFirst = entries.toReversed();
  const floor = (marks.at(-1)?.sequence ?? 0) - reach;
  const candidates = [OPENING, ...marks].filter(({ sequence: at }) => at <= upTo.sequence && at >= floor);
  let cursor: string | null | undefined;
  for (;;) {
    for (let mark = candidates.at(-1); mark !== undefined; mark = candidates.at(-1)) {
      const count = upTo.sequence - mark.sequence;
      if (count > newestFirst.length) break;
      const after = newestFirst.slice(0, count).reverse();
      const digest = after.reduce((before, { hex }) => eventDigest(before, hex), mark.digest);
      if (digest === upTo.digest) return { common: mark, entries: after };
      candidates.pop();
    }
    if (candidates.length === 0 || cursor === null) return null;
    const page = await chain.logs(cursor === undefined ? {} : { cursor });
    for (const entry of page.entries) {
      const wanted = upTo.sequence - newestFirst.length;
      if (entry.event.sequence < wanted) return null;
      if (entry.event.sequence === wanted) newestFirst.push(entry);
    }
    cursor = page.olderCursor;
  }
}

/**
 * The marks with another one at their end, few however many there were: the first, and of each doubling of the distance
 * from the end the oldest and the newest. So a reorg is followed by reading twice as many events as it changed.
 */
export function withMark(marks: readonly EventMark[], last: EventMark): readonly EventMark[] {
  const all = [...marks.filter((mark) => mark.sequence < last.sequence), last];
  const spanOf = (mark: EventMark | undefined): number =>
    mark === undefined ? -1 : Math.floor(Math.log2(last.sequence - mark.sequence + 1));
  return all.filter((mark, index) => {
    const span = spanOf(mark);
    return span !== spanOf(all[index - 1]) || span !== spanOf(all[index + 1]);
  });
}
