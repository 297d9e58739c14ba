import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CorruptionError, height, type Principal, principal, type Sequence, sequence } from '../../src/core/index.ts';
import type { Bench, DecidedTurn, Decision, TurnRequest } from '../../src/trading/index.ts';
import { applyChanges, changesOf, inputChanges, inputsOf, intent } from './turn-inputs.ts';

/** What a turn decided, as it is recorded and compared: the allowed intents by id and lane, in their order. */
export interface Decided {
  readonly decisions: readonly Decision[];
  readonly allowed: readonly { readonly id: string; readonly operator: Principal }[];
  readonly benched: readonly Bench[];
}

/** One turn of a run. */
export interface JournalTurn {
  readonly request: TurnRequest;
  /** The last event of the market that it saw. */
  readonly sequence: Sequence;
  /** Strategies that were not asked, by reference. */
  readonly benched: readonly string[];
  /** The reorg that came before it, where there was one. */
  readonly rewound: Rewind | null;
  readonly decided: Decided;
}

/**
 * A reorg: the events above `toSequence` that turns had seen and that are gone, as their bytes. What stands in their place is
 * in the recording.
 */
export interface Rewind {
  /** The next turn. */
  readonly turn: number;
  readonly toSequence: Sequence;
  readonly removed: readonly string[];
}

export const decidedOf = ({ decisions, allowed, benched }: DecidedTurn): Decided => ({
  decisions,
  allowed: allowed.map(({ id, operator }) => ({ id, operator })),
  benched,
});

const natural = z.int().min(0);
const block = natural.transform(height);
const address = z.string().transform(principal);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Names what a turn decided: 32 hex digits of the SHA-256 of it as JSON. */
export const digestOfDecided = (decided: Decided): string => sha256(canonical(decided)).slice(0, 32);

const isNothing = ({ decisions, benched }: Decided): boolean => decisions.length === 0 && benched.length === 0;

/** JSON with the keys of objects in their order, so that equal values are equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

const line = z.strictObject({
  turn: natural,
  height: block,
  nowMs: natural,
  sequence: natural.transform(sequence),
  lastPoll: z.strictObject({ atMs: natural, height: block }).optional(),
  ...inputChanges,
  decided: z
    .strictObject({
      digest: z.string(),
      decisions: z.array(
        z.strictObject({
          account: address,
          strategy: z.string(),
          intent,
          verdict: z.union([
            z.strictObject({ kind: z.literal('allow') }),
            z.strictObject({
              kind: z.literal('deny'),
              code: z.string(),
              limit: z.union([z.number(), z.string()]),
              actual: z.union([z.number(), z.string()]),
            }),
          ]),
        }),
      ),
      allowed: z.array(z.strictObject({ id: z.string(), operator: address })),
      benched: z.array(z.strictObject({ strategy: z.string(), account: address.nullable(), reason: z.string() })),
    })
    .optional(),
});

const rewindLine = z.strictObject({
  rewound: z.strictObject({ turn: natural, toSequence: natural.transform(sequence), removed: z.array(z.string()) }),
});

/** A reorg as JSON text. */
export const encodeRewind = (rewound: Rewind): string => JSON.stringify({ rewound });

/** A turn as JSON text, by what differs from the turn before; the first of a file has all. */
export function encodeTurn(turn: JournalTurn, before: JournalTurn | null): string {
  const { request, decided } = turn;
  const { turn: number, height: tip, nowMs, lastPoll } = request;
  const polledNow = lastPoll.atMs === nowMs && lastPoll.height === tip;
  return JSON.stringify({
    turn: number,
    height: tip,
    nowMs,
    sequence: turn.sequence,
    ...(polledNow ? {} : { lastPoll }),
    ...changesOf(inputsOf(turn), before && inputsOf(before)),
    ...(isNothing(decided) ? {} : { decided: { digest: digestOfDecided(decided), ...decided } }),
  });
}

/** A line as it was read. */
export type DecodedLine =
  | { readonly kind: 'rewind'; readonly rewind: Rewind }
  | {
      readonly kind: 'turn';
      readonly turn: JournalTurn;
      /** The digest that its decisions were recorded with; null where there were none. */
      readonly recordedDigest: string | null;
    };

/**
 * Reads what `encodeTurn` or `encodeRewind` wrote.
 *
 * @param before the turn before, and the reorg since then.
 * @throws CorruptionError for a text that is neither, naming `where` it stands.
 */
export function decodeLine(
  text: string,
  before: { readonly turn: JournalTurn | null; readonly rewound: Rewind | null },
  where: string,
): DecodedLine {
  const value = parseJson(text, where);
  const reorg = rewindLine.safeParse(value);
  if (reorg.success) return { kind: 'rewind', rewind: reorg.data.rewound };
  const parsed = line.safeParse(value);
  if (!parsed.success) throw new CorruptionError(`expected a turn at ${where}`, { cause: parsed.error });
  const { turn: number, height: tip, nowMs, sequence: last, lastPoll, decided, ...given } = parsed.data;
  const { benched, ...rest } = applyChanges(given, before.turn && inputsOf(before.turn), where);
  const request: TurnRequest = {
    turn: number,
    height: tip,
    nowMs,
    lastPoll: lastPoll ?? { atMs: nowMs, height: tip },
    ...rest,
  };
  const { digest: recordedDigest = null, ...content } = decided ?? {};
  return {
    kind: 'turn',
    turn: {
      request,
      sequence: last,
      benched,
      rewound: before.rewound,
      decided: { decisions: [], allowed: [], benched: [], ...content } as Decided,
    },
    recordedDigest,
  };
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CorruptionError(`expected a turn as JSON at ${where}`, { cause });
  }
}

/** The digest of a line and of all before it in its file: 32 hex digits. */
export const chainedDigest = (before: string, text: string): string => sha256(`${before}\n${text}`).slice(0, 32);

/** Where the digests of a file of turns start. */
export const fileDigest = (headDigest: string, file: string): string => sha256(`${headDigest}\n${file}`).slice(0, 32);
