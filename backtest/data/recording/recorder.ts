import { FatalError, type Height, height, type Sequence } from '../../../src/core/index.ts';
import type { TailEvent } from './journal.ts';
import { type RecordingWriter, SEGMENT_EVENTS } from './recording-writer.ts';

type LogEntry = Pick<TailEvent, 'event' | 'hex' | 'txId'>;

/** What following a contract's log found, as the follower reports it. */
export type LogUpdate = {
  /** The height at which the node answered. */
  readonly height: Height;
  readonly sequence: Sequence;
} & (
  | { readonly kind: 'idle' | 'lagging' }
  | { readonly kind: 'advanced'; readonly entries: readonly LogEntry[] }
  | { readonly kind: 'rewound'; readonly toSequence: Sequence; readonly entries: readonly LogEntry[] }
  | { readonly kind: 'restarted' }
);

/** What one update did to a recording. */
export interface RecordedUpdate {
  readonly height: Height;
  readonly sequence: Sequence;
  /** Whether the recording holds all that the node knew of. */
  readonly caughtUp: boolean;
  readonly added: number;
  /** Whether a reorg took events back. */
  readonly rewound: boolean;
  readonly sealed: number;
}

export interface RecorderOptions {
  /** Blocks below the tip at which a block is final. */
  readonly depth: number;
  /** Seal once so many final events have gathered. @default SEGMENT_EVENTS */
  readonly sealAt?: number;
}

/**
 * Writes an update of the log into a recording, and seals what has become final.
 *
 * @throws FatalError when the chain no longer has what the recording holds.
 */
export function recordUpdate(writer: RecordingWriter, update: LogUpdate, options: RecorderOptions): RecordedUpdate {
  const { depth, sealAt = SEGMENT_EVENTS } = options;
  const { kind, height: tip, sequence } = update;
  if (kind === 'restarted') {
    throw new FatalError('the log of the chain no longer leads to what this recording holds', {
      hints: [
        'A reorg was deeper than --depth, or the indexer lost events: begin another recording, or try again later.',
      ],
    });
  }
  if (update.kind === 'rewound') writer.rewind(update.toSequence);
  const entries = 'entries' in update ? update.entries : [];
  if (entries.length > 0) writer.append(entries);
  const sealed = writer.seal({ throughHeight: finalHeight(tip, depth), atLeast: sealAt });
  return {
    height: tip,
    sequence,
    caughtUp: kind !== 'lagging',
    added: entries.length,
    rewound: kind === 'rewound',
    sealed,
  };
}

/** The highest block that is `depth` deep at a tip. */
export const finalHeight = (tip: number, depth: number): Height => height(Math.max(0, tip - depth));
