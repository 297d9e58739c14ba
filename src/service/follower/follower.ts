import { type MarketSummary, reads } from '../../contract/index.ts';
import type { Height } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import { REWIND_DEPTH } from '../../market/index.ts';
import { continueFrom, type KnownEvent, type KnownEvents, knownAt, knownFrom, lastKnown } from './known-events.ts';
import type { PollResult, RestartReason } from './poll-result.ts';
import { readBranch } from './read-branch.ts';
import { readSnapshot, type Watch } from './read-snapshot.ts';

export interface FollowerOptions extends Watch {
  readonly chain: ChainPort;
  /** How many events a reorg can take back without a new snapshot. @default REWIND_DEPTH of the market */
  readonly depth?: number;
  /** More events behind than this are not read but skipped by a snapshot. @default 5000 */
  readonly catchUpLimit?: number;
  /** So many polls in a row may find the indexer behind the node before a snapshot is read instead. @default 30 */
  readonly lagLimit?: number;
  /**
   * The last events that are known already, oldest first and without gaps: the first poll goes on after them.
   *
   * @default none: the first poll reads a snapshot
   */
  readonly begin?: readonly KnownEvent[];
}

export interface Follower {
  /**
   * Asks the chain once what has happened: 1 request when nothing has, 1 + ⌈events ÷ 50⌉ when something has, whatever the
   * size of the market. Several calls run one after the other. What it reports is never half-applied: after an error the
   * next poll starts from where the last result left off.
   *
   * @throws TransientError when the chain gave no answer, CorruptionError when it contradicts itself.
   */
  poll(): Promise<PollResult>;
  /** Makes the next poll read a snapshot: for whoever could not apply a result. */
  restart(): void;
}

/** Follows the contract's events from a snapshot, or from known events, on, each proven by the contract's own hash chain. */
export function createFollower(options: FollowerOptions): Follower {
  const { chain, depth = REWIND_DEPTH, catchUpLimit = 5_000, lagLimit = 30, begin = [] } = options;
  let known: KnownEvents | null = begin.length === 0 ? null : { depth, events: begin.slice(-(depth + 1)) };
  let pending: RestartReason | null = known === null ? 'first-poll' : null;
  let lags = 0;
  let lastHeight = 0;
  let running: Promise<unknown> = Promise.resolve();

  async function restart(reason: RestartReason): Promise<PollResult> {
    const snapshot = await readSnapshot(chain, options);
    const { sequence, digest, height } = snapshot.summary;
    known = knownFrom({ sequence, digest, hex: null }, depth);
    lags = 0;
    lastHeight = height;
    return { kind: 'restarted', reason, snapshot, height, sequence, digest };
  }

  function lagging(from: KnownEvents, height: Height): Promise<PollResult> | PollResult {
    lags += 1;
    const { sequence, digest } = lastKnown(from);
    return lags > lagLimit ? restart('indexer-stuck') : { kind: 'lagging', height, sequence, digest };
  }

  /** A node that has not come as far as the one that answered before: no reorg, though its sequence is lower. */
  function isStale(from: KnownEvents, summary: MarketSummary): boolean {
    return summary.height < lastHeight && knownAt(from, summary.sequence)?.digest === summary.digest;
  }

  async function advance(from: KnownEvents, summary: MarketSummary): Promise<PollResult> {
    const { height, sequence, digest } = summary;
    const last = lastKnown(from).sequence;
    if (isStale(from, summary)) return lagging(from, height);
    if (sequence - last > catchUpLimit) return restart('far-behind');
    const branch = await readBranch(chain, from, summary);
    if (branch.kind === 'behind') return lagging(from, height);
    if (branch.kind === 'unrelated') return restart('log-does-not-chain');
    const { common, entries, further } = branch;
    known = continueFrom(from, common, further);
    lags = 0;
    lastHeight = height;
    return common === last
      ? { kind: 'advanced', entries, height, sequence, digest }
      : { kind: 'rewound', toSequence: common, entries, height, sequence, digest };
  }

  async function pollOnce(): Promise<PollResult> {
    const reason = pending;
    const from = known;
    if (reason !== null || from === null) {
      pending = null;
      return restart(reason ?? 'first-poll').catch((error: unknown) => {
        pending ??= reason;
        throw error;
      });
    }
    const summary = await chain.read(reads.market());
    const { sequence, digest } = lastKnown(from);
    if (summary.sequence === sequence && summary.digest === digest) {
      lags = 0;
      lastHeight = summary.height;
      return { kind: 'idle', height: summary.height, sequence, digest };
    }
    return advance(from, summary);
  }

  return {
    poll() {
      const result = running.then(pollOnce);
      running = result.catch(() => undefined);
      return result;
    },
    restart() {
      pending = 'requested';
    },
  };
}
