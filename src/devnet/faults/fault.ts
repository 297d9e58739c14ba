import { z } from 'zod';
import { REJECTION_REASONS } from '../admission.ts';
import { PATTERN, PATTERN_RULE } from './pattern.ts';

const count = z.int().min(1);

/** How long a fault stays: for so many requests that it could have met, or so many blocks, mined or missed. For ever without. */
const lasting = { forRequests: count.optional(), forBlocks: count.optional() };
/** Which of the requests that `on` names it meets: a seeded share, and at most so many. */
const chosen = {
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().min(0).default(0),
  times: count.optional(),
  ...lasting,
};
const anywhere = { on: z.string().regex(PATTERN, PATTERN_RULE).default('any'), ...chosen };
const onPost = { on: z.literal('POST /v2/transactions').default('POST /v2/transactions'), ...chosen };
/** Whether the request does its work although the reply is not what it should be. */
const handled = (usually: boolean) => z.boolean().default(usually);

/** Faults that a request meets, with what belongs to each. */
export const REPLY_FAULTS = {
  /** The connection is cut and there is no reply. */
  drop: z.strictObject({ handled: handled(true), ...anywhere }),
  /** There is no reply, and the connection stays. */
  hang: z.strictObject({ handled: handled(true), ...anywhere }),
  /** The reply comes late; not `handled` first means that the work, too, is done late. */
  delay: z.strictObject({ ms: count.max(600_000).default(1000), handled: handled(true), ...anywhere }),
  /** The reply comes after the replies to the next `behind` requests of the same pattern, or after `maxMs`. */
  reorder: z.strictObject({ behind: count.default(1), maxMs: count.max(600_000).default(5000), ...anywhere }),
  /** The reply is sent twice over the connection. */
  duplicate: z.strictObject(anywhere),
  /** 429, with `retry-after` unless that is null. */
  'rate-limit': z.strictObject({
    retryAfterSeconds: z.int().min(0).nullable().default(1),
    handled: handled(false),
    ...anywhere,
  }),
  /** 500 as node or indexer say it, or another 5xx as a gateway in front of them does. */
  'server-error': z.strictObject({
    status: z.int().min(500).max(599).default(500),
    handled: handled(false),
    ...anywhere,
  }),
  /** The reply's body is as many random bytes. */
  garbage: z.strictObject(anywhere),
  /** The body ends early; `announced: 'whole'` names its full length and then cuts the connection. */
  truncate: z.strictObject({
    keep: z.number().min(0).lt(1).default(0.5),
    announced: z.enum(['kept', 'whole']).default('kept'),
    ...anywhere,
  }),
  /** A good transaction is answered 200 and never reaches the mempool. */
  swallow: z.strictObject(onPost),
  /** A transaction is rejected for `reason`, whatever is true; `handled` puts it into the mempool all the same. */
  reject: z.strictObject({
    reason: z.enum(REJECTION_REASONS),
    reasonData: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    handled: handled(false),
    ...onPost,
  }),
} as const;

/** Faults of the chain itself that last. */
export const STATE_FAULTS = {
  /** No block is mined; every one that was due is missed. */
  stall: z.strictObject(lasting),
  /** The indexer answers as of `by` blocks before the node's tip. */
  'indexer-lag': z.strictObject({ by: count, ...lasting }),
  /** The indexer stays at the block that is the newest now. */
  'indexer-freeze': z.strictObject(lasting),
} as const;

export const FAULTS = { ...REPLY_FAULTS, ...STATE_FAULTS };

type Tagged<Schemas extends Record<string, z.ZodObject>, Way extends 'input' | 'output'> = {
  [Kind in keyof Schemas]: { readonly kind: Kind } & Readonly<
    Way extends 'input' ? z.input<Schemas[Kind]> : z.output<Schemas[Kind]>
  >;
}[keyof Schemas];

export type ReplyFault = Tagged<typeof REPLY_FAULTS, 'output'>;
export type StateFault = Tagged<typeof STATE_FAULTS, 'output'>;
export type Fault = ReplyFault | StateFault;
/** A fault as it is asked for: what has a default may be left out. */
export type FaultInput = Tagged<typeof FAULTS, 'input'>;

export type ReplyKind = ReplyFault['kind'];
export type StateKind = StateFault['kind'];
/** Faults that happen once, at a time of their own. */
export const ACTION_KINDS = ['reorg', 'forget', 'restart'] as const;
export type FaultKind = Fault['kind'] | (typeof ACTION_KINDS)[number];

export const REPLY_KINDS = Object.keys(REPLY_FAULTS) as ReplyKind[];
export const STATE_KINDS = Object.keys(STATE_FAULTS) as StateKind[];
export const FAULT_KINDS: readonly FaultKind[] = [...REPLY_KINDS, ...STATE_KINDS, ...ACTION_KINDS];

export const isReplyFault = (fault: Fault): fault is ReplyFault => 'on' in fault;
