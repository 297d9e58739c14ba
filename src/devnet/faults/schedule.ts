import { z } from 'zod';
import type { Random } from '../../core/index.ts';
import { FATES } from '../reorg.ts';
import { type ForgetInput, LOSSES, type ReorgInput } from './actions.ts';
import { drawAt, pick } from './draw.ts';
import { ACTION_KINDS, FAULT_KINDS, type FaultInput, type FaultKind, REPLY_KINDS, STATE_KINDS } from './fault.ts';
import { type Asked, matches, PATTERN, PATTERN_RULE } from './pattern.ts';

const share = z.number().min(0).max(1);

/** A seeded schedule: what goes wrong is a function of the seed and of the number of the request or the block alone. */
export const SCHEDULE = z.strictObject({
  seed: z.int().min(0),
  /** The share of requests that meet a fault, posted transactions apart. */
  requests: share.default(0.02),
  /** The share of posted transactions that do. */
  posts: share.default(0.1),
  /** The share of blocks at which the chain meets one. */
  blocks: share.default(0.05),
  kinds: z
    .array(z.enum(FAULT_KINDS))
    .min(1)
    .default([...FAULT_KINDS]),
  /** The deepest reorganisation, and the most that the indexer lags, in blocks. */
  depth: z.int().min(1).default(3),
  lag: z.int().min(1).default(5),
  /** The requests that it is about. */
  on: z.string().regex(PATTERN, PATTERN_RULE).default('any'),
});

export type ScheduleInput = z.input<typeof SCHEDULE>;
export type ScheduleOptions = z.output<typeof SCHEDULE>;

/** What happens to the chain at a block. */
export type ChainEvent =
  | { readonly kind: 'fault'; readonly fault: FaultInput }
  | { readonly kind: 'reorg'; readonly reorg: ReorgInput }
  | { readonly kind: 'forget'; readonly forget: ForgetInput }
  | { readonly kind: 'restart' };

/** Something drawn, and the number that it was drawn for, such as `post 3`. */
export interface Drawn<What> {
  readonly what: What;
  readonly at: string;
}

const POST = 'POST /v2/transactions';
const POST_ONLY: readonly FaultKind[] = ['swallow', 'reject'];
/** Rejections that a healthy transaction can meet. */
const PASSING_REASONS = [
  'ConflictingNonceInMempool',
  'TooMuchChaining',
  'TemporarilyBlacklisted',
  'EstimatorError',
  'ServerFailureNoSuchChainTip',
  'ServerFailureDatabase',
  'ServerFailureOther',
] as const;

const CHAIN_KINDS = [...STATE_KINDS, ...ACTION_KINDS] as const;

type Counter = 'request' | 'post' | 'block';

/** Draws what goes wrong, one number after the other. */
export class Schedule {
  readonly options: ScheduleOptions;
  readonly #seen: Record<Counter, number> = { request: 0, post: 0, block: 0 };

  constructor(options: ScheduleOptions) {
    this.options = options;
  }

  /** How many requests, posts and blocks it has decided on. */
  get seen(): Readonly<Record<Counter, number>> {
    return { ...this.#seen };
  }

  /** The fault that the next request meets. */
  onRequest(asked: Asked): Drawn<FaultInput> | undefined {
    if (!matches(this.options.on, asked)) return undefined;
    const isPost = matches(POST, asked);
    const kinds = REPLY_KINDS.filter((kind) => isPost || !POST_ONLY.includes(kind));
    return this.#draw(isPost ? 'post' : 'request', kinds, replyFault);
  }

  /** What happens to the chain at the next block. */
  onBlock(): Drawn<ChainEvent> | undefined {
    return this.#draw('block', CHAIN_KINDS, (kind, random) => chainEvent(kind, random, this.options));
  }

  #draw<Kind extends FaultKind, What>(
    counter: Counter,
    kinds: readonly Kind[],
    make: (kind: Kind, random: Random) => What,
  ): Drawn<What> | undefined {
    this.#seen[counter] += 1;
    const n = this.#seen[counter];
    const random = drawAt(this.options.seed, counter, n);
    if (random.fraction() >= this.options[`${counter}s`]) return undefined;
    const [first, ...rest] = kinds.filter((kind) => this.options.kinds.includes(kind));
    if (first === undefined) return undefined;
    return { what: make(pick(random, [first, ...rest]), random), at: `${counter} ${n}` };
  }
}

function replyFault(kind: (typeof REPLY_KINDS)[number], random: Random): FaultInput {
  const handled = random.fraction() < 0.5;
  switch (kind) {
    case 'drop':
    case 'hang':
      return { kind, handled };
    case 'delay':
      return { kind, ms: random.integer(50, 2000), handled };
    case 'reorder':
      return { kind, behind: random.integer(1, 2), maxMs: 2000 };
    case 'rate-limit':
      return { kind, retryAfterSeconds: pick(random, [null, 0, 1, 2]), handled };
    case 'server-error':
      return { kind, status: pick(random, [500, 502, 503, 504]), handled };
    case 'truncate':
      return { kind, keep: random.integer(0, 9) / 10, announced: pick(random, ['kept', 'whole']) };
    case 'duplicate':
    case 'garbage':
    case 'swallow':
      return { kind };
    case 'reject':
      return { kind, reason: pick(random, PASSING_REASONS), handled };
  }
}

function chainEvent(kind: (typeof CHAIN_KINDS)[number], random: Random, most: ScheduleOptions): ChainEvent {
  const forBlocks = random.integer(2, 10);
  switch (kind) {
    case 'stall':
    case 'indexer-freeze':
      return { kind: 'fault', fault: { kind, forBlocks } };
    case 'indexer-lag':
      return { kind: 'fault', fault: { kind, by: random.integer(1, most.lag), forBlocks } };
    case 'reorg': {
      const depth = random.integer(1, most.depth);
      const blocks = random.integer(depth - 1, depth + 1);
      const staleForBlocks = orNot(random.integer(0, 2));
      return { kind, reorg: { depth, blocks, transactions: pick(random, FATES), staleForBlocks } };
    }
    case 'forget': {
      const returnAfterBlocks = orNot(random.integer(0, 3));
      return { kind, forget: { transactions: 'all', as: pick(random, LOSSES), returnAfterBlocks } };
    }
    case 'restart':
      return { kind };
  }
}

const orNot = (blocks: number): number | undefined => (blocks === 0 ? undefined : blocks);
