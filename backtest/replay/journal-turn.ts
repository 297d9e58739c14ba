import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  CorruptionError,
  height,
  microStx,
  type Principal,
  price,
  principal,
  type Sequence,
  sequence,
  tradeId,
  wh,
} from '../../src/core/index.ts';
import type { Bench, DecidedTurn, Decision, TurnRequest } from '../../src/trading/index.ts';

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
  /**
   * A reorg before this turn: the events above `toSequence` that had been seen and are gone, as their bytes. What stands in
   * their place is in the recording.
   */
  readonly rewound: { readonly toSequence: Sequence; readonly removed: readonly string[] } | null;
  readonly decided: Decided;
}

export const decidedOf = ({ decisions, allowed, benched }: DecidedTurn): Decided => ({
  decisions,
  allowed: allowed.map(({ id, operator }) => ({ id, operator })),
  benched,
});

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

const natural = z.int().min(0);
const block = natural.transform(height);
const money = natural.transform(microStx);
const energy = z.int().transform(wh);
const address = z.string().transform(principal);
const unitPrice = natural.transform(price);
const reason = z.string();

const intent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('buy'),
    tradeId: natural.transform(tradeId),
    amount: energy,
    maxPrice: unitPrice,
    reason,
  }),
  z.strictObject({ kind: z.literal('list'), amount: energy, price: unitPrice, openUntil: block, reason }),
  z.strictObject({ kind: z.literal('cancel'), tradeId: natural.transform(tradeId), amount: energy, reason }),
]);

/** The inputs that seldom change: a line has those that are not as they were in the line before. */
const lasting = {
  haltState: z.enum(['active', 'reducing', 'halted']),
  openIntents: z.array(
    z.strictObject({
      id: z.string(),
      account: address,
      operator: address,
      strategy: z.string(),
      turn: natural,
      height: block,
      intent,
      cost: money,
    }),
  ),
  dayTotals: z.array(z.strictObject({ account: address, spent: money, fees: money })),
  lanes: z.array(
    z.strictObject({
      operator: address,
      unconfirmed: natural,
      entriesLeft: natural,
      balance: z.int().transform((value) => value as ReturnType<typeof microStx>),
    }),
  ),
  feePerEntry: money,
  grid: z.strictObject({ import: unitPrice.nullish(), feedIn: unitPrice.nullish() }),
  targets: z.array(z.strictObject({ account: address, targetWh: energy })),
  benched: z.array(z.string()),
} as const;

const line = z.strictObject({
  turn: natural,
  height: block,
  nowMs: natural,
  sequence: natural.transform(sequence),
  lastPoll: z.strictObject({ atMs: natural, height: block }).optional(),
  ...z.strictObject(lasting).partial().shape,
  rewound: z.strictObject({ toSequence: natural.transform(sequence), removed: z.array(z.string()) }).optional(),
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

type Lasting = { readonly [Name in keyof typeof lasting]: z.output<(typeof lasting)[Name]> };
const lastingNames = Object.keys(lasting) as readonly (keyof Lasting)[];

const lastingOf = ({ request, benched }: JournalTurn): Lasting =>
  ({
    haltState: request.haltState,
    openIntents: request.openIntents,
    dayTotals: request.dayTotals,
    // A lane's state carries more than a turn looks at.
    lanes: request.lanes.map(({ operator, unconfirmed, entriesLeft, balance }) => ({
      operator,
      unconfirmed,
      entriesLeft,
      balance,
    })),
    feePerEntry: request.feePerEntry,
    grid: request.grid ?? {},
    targets: request.targets ?? [],
    benched,
  }) as Lasting;

/** A turn as JSON text, by what differs from the turn before; the first of a file has all. */
export function encodeTurn(turn: JournalTurn, before: JournalTurn | null): string {
  const { request, rewound, decided } = turn;
  const { turn: number, height: tip, nowMs, lastPoll } = request;
  const now = lastingOf(turn);
  const then = before && lastingOf(before);
  const changed = lastingNames.filter((name) => then === null || canonical(now[name]) !== canonical(then[name]));
  const polledNow = lastPoll.atMs === nowMs && lastPoll.height === tip;
  return JSON.stringify({
    turn: number,
    height: tip,
    nowMs,
    sequence: turn.sequence,
    ...(polledNow ? {} : { lastPoll }),
    ...Object.fromEntries(changed.map((name) => [name, now[name]])),
    ...(rewound === null ? {} : { rewound }),
    ...(isNothing(decided) ? {} : { decided: { digest: digestOfDecided(decided), ...decided } }),
  });
}

/** A turn as it was read, and the digest that its decisions were recorded with; null where there were none. */
export interface DecodedTurn {
  readonly turn: JournalTurn;
  readonly recordedDigest: string | null;
}

/**
 * Reads what `encodeTurn` wrote.
 *
 * @throws CorruptionError for a text that is no turn, naming `where` it stands.
 */
export function decodeTurn(text: string, before: JournalTurn | null, where: string): DecodedTurn {
  const parsed = line.safeParse(parseJson(text, where));
  if (!parsed.success) throw new CorruptionError(`expected a turn at ${where}`, { cause: parsed.error });
  const { turn: number, height: tip, nowMs, sequence: last, lastPoll, rewound = null, decided, ...given } = parsed.data;
  const known = before && lastingOf(before);
  const missing = lastingNames.find((name) => given[name] === undefined && known === null);
  if (missing !== undefined) throw new CorruptionError(`expected ${missing} at ${where}, the first turn of its file`);
  const { benched, ...rest } = { ...known, ...given } as Lasting;
  const request = { turn: number, height: tip, nowMs, lastPoll: lastPoll ?? { atMs: nowMs, height: tip }, ...rest };
  const { digest: recordedDigest = null, ...content } = decided ?? {};
  return {
    turn: {
      request: request as TurnRequest,
      sequence: last,
      benched,
      rewound,
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
