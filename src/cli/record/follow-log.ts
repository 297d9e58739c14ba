import { setTimeout as delay } from 'node:timers/promises';
import { sealedEnd } from '../../../backtest/data/recording/manifest.ts';
import { finalHeight, type RecordedUpdate, recordUpdate } from '../../../backtest/data/recording/recorder.ts';
import type { RecordingWriter } from '../../../backtest/data/recording/recording-writer.ts';
import { CorruptionError, RejectedError, TransientError } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import { createFollower, type KnownEvent } from '../../service/follower/index.ts';
import { formatError } from '../format-error.ts';

export interface FollowParameters {
  readonly chain: ChainPort;
  readonly writer: RecordingWriter;
  /** Blocks below the tip at which events are sealed. */
  readonly depth: number;
  readonly everyMs: number;
  /** Stop when everything that the chain holds is recorded. */
  readonly once: boolean;
  /** Ends the following, after the poll under way. */
  readonly stop: AbortSignal;
  /** Hears lines for people. */
  readonly say: (line: string) => void;
}

/** So many events in front of the newest are kept in mind to find where a reorg began. */
const FOLLOWED_EVENTS = 20_000;
/** So many polls in a row may fail before a run that is to end by itself gives up. */
const MAX_FAILURES = 5;
/** A long log is told of every so many pages. */
const PAGES_A_LINE = 20;

/**
 * Records the contract's log until stopped, then seals what is final. Answers the height that it came to.
 *
 * @throws FatalError when the chain no longer has what is recorded; TransientError when it gave no answer several times
 * in a row, and `once` was asked for.
 */
export async function followLog(parameters: FollowParameters): Promise<number> {
  const { chain, writer, depth, everyMs, once, stop, say } = parameters;
  const follower = createFollower({
    chain: { ...chain, logs: countingPages(chain, say) },
    owner: writer.manifest.owner,
    prosumers: [],
    delegations: [],
    depth: FOLLOWED_EVENTS,
    catchUpLimit: Number.POSITIVE_INFINITY,
    lagLimit: Number.POSITIVE_INFINITY,
    begin: knownEvents(writer),
  });
  let tip = 0;
  for (let failures = 0; !stop.aborted; ) {
    try {
      const update = recordUpdate(writer, await follower.poll(), { depth });
      failures = 0;
      tip = update.height;
      tell(say, writer, update);
      if (once && update.caughtUp) break;
    } catch (error) {
      failures += 1;
      if (!mayPass(error) || (once && failures >= MAX_FAILURES)) throw error;
      say(`no answer from the chain, trying again: ${formatError(error).split('\n')[0]}`);
    }
    await delay(everyMs, undefined, { signal: stop }).catch(() => {});
  }
  writer.seal({ throughHeight: finalHeight(tip, depth) });
  return tip;
}

/** A chain that gives no answer now, or a page of the log that a reorg took away while it was read. */
const mayPass = (error: unknown): boolean =>
  error instanceof TransientError || (error instanceof RejectedError && error.code === 'unknown-cursor');

/** The recording's newest events, after the last sealed one. */
function knownEvents({ manifest, tail }: RecordingWriter): KnownEvent[] {
  const { sequence, digest } = sealedEnd(manifest);
  if (digest === null) throw new CorruptionError('expected a recording of a contract to hold its digest, was none');
  return [
    { sequence, digest, hex: null },
    ...tail.map((entry) => ({ sequence: entry.event.sequence, digest: entry.digest, hex: entry.hex })),
  ];
}

function tell(say: FollowParameters['say'], writer: RecordingWriter, update: RecordedUpdate): void {
  const { added, rewound, sealed, height, sequence } = update;
  if (added === 0 && !rewound && sealed === 0) return;
  const reorg = rewound ? ', after a reorg' : '';
  const deep = sealed > 0 ? `; ${sealed} sealed` : '';
  say(`height ${height}: ${added} events${reorg}, ${sequence} in all${deep}, ${writer.tail.length} in the journal`);
}

/** Reading a long log takes minutes: pages are told of as they come. */
function countingPages(chain: ChainPort, say: FollowParameters['say']): ChainPort['logs'] {
  let pages = 0;
  return async (options = {}) => {
    const page = await chain.logs(options);
    pages = options.cursor === undefined ? 1 : pages + 1;
    const lowest = page.entries.at(-1)?.event.sequence;
    if (pages % PAGES_A_LINE === 0 && lowest !== undefined) say(`reading the log backwards, at event ${lowest}`);
    return page;
  };
}
