import { type Random, seededRandom } from '../../src/core/index.ts';
import type { ForgetInput, ReorgInput } from '../../src/devnet/faults/actions.ts';
import type { FaultInput } from '../../src/devnet/faults/fault.ts';
import type { ScheduleInput } from '../../src/devnet/faults/schedule.ts';
import { type KillPoint, killPoints, type Step } from './steps.ts';

/** What a bot's queue and ledger run on. */
export interface Setup {
  readonly name: string;
  readonly redis: boolean;
  readonly postgres: boolean;
}

export const setups: readonly Setup[] = [
  { name: 'Redis + Postgres', redis: true, postgres: true },
  { name: 'embedded', redis: false, postgres: false },
  { name: 'Redis + embedded ledger', redis: true, postgres: false },
  { name: 'embedded queue + Postgres', redis: false, postgres: true },
];

/** How one life of a bot ends: at a step, or whatever it does so many milliseconds after it began to trade. */
export type Death =
  | { readonly kind: 'step'; readonly at: KillPoint }
  | { readonly kind: 'time'; readonly afterMs: number };

/** Something that befalls the bot's world, so many milliseconds after the bot began to trade. */
export type Blow = { readonly afterMs: number } & (
  | { readonly kind: 'redis-kill' | 'redis-flush' | 'postgres-restart' | 'chain-kill' }
  /** The bot that trades is suspended for longer than its lease. */
  | { readonly kind: 'suspend'; readonly forMs: number }
  /** Somebody uses the operator's key: the lane's next nonce, at a higher fee. */
  | { readonly kind: 'foreign'; readonly lane: number }
  | { readonly kind: 'fault'; readonly fault: FaultInput }
  | { readonly kind: 'reorg'; readonly reorg: ReorgInput }
  | { readonly kind: 'forget'; readonly forget: ForgetInput }
);

export interface RoundPlan {
  readonly round: number;
  readonly setup: Setup;
  readonly theme: Theme;
  /** How the bot's lives end, one after the other; the one after the last goes on to the end of the round. */
  readonly deaths: readonly Death[];
  /** Whether a second process of the same config wants the same lanes. */
  readonly rival: boolean;
  readonly schedule: ScheduleInput | null;
  readonly blows: readonly Blow[];
}

/** Milliseconds of trouble, from the bot's first trade on. */
export const TROUBLE_MS = 6_000;

export const themes = ['kills', 'storm', 'reorgs', 'mempool', 'services', 'rivals', 'foreign'] as const;
export type Theme = (typeof themes)[number];

export interface PlanOptions {
  /** Where the bot dies, instead of where its turn is. */
  readonly at?: Omit<KillPoint, 'nth'> | undefined;
}

/** What goes wrong in a round follows from the seed and the round's number alone. */
export function planRound(seed: number, round: number, { at }: PlanOptions = {}): RoundPlan {
  const random = seededRandom((seed ^ Math.imul(round + 1, 0x9e3779b1)) | 0);
  const setup = setups[round % setups.length] as Setup;
  const wanted = themes[Math.floor(round / setups.length) % themes.length] as Theme;
  // Only a ledger in Postgres can have two processes.
  const theme = wanted === 'rivals' && !setup.postgres ? 'storm' : wanted;
  return {
    round,
    setup,
    theme,
    rival: theme === 'rivals',
    deaths: (theme === 'rivals' ? [0] : [0, 1]).map((life) => {
      const death = deathIn(random, { round, theme, life });
      return at === undefined ? death : { kind: 'step', at: { ...at, nth: 1 } };
    }),
    schedule: theme === 'storm' ? scheduleIn(random) : null,
    blows: blowsOf(theme, setup, random).sort((a, b) => a.afterMs - b.afterMs),
  };
}

/** Steps that a life may come by once at most. */
const SELDOM: readonly Step[] = ['acquireLanes', 'recordEvents'];

/** Steps that are made in rounds of a kind alone. */
const OWN: Partial<Record<Theme, readonly Step[]>> = {
  mempool: ['replace', 'expire', 'cancelIntents'],
  reorgs: ['uninclude'],
  foreign: ['supersede', 'setHalt', 'claimGap'],
};
const ownSteps = Object.values(OWN).flat();

/** Every second death is at a step, in turn one of those that all rounds make; some kinds of rounds have others besides. */
function deathIn(random: Random, { round, theme, life }: { round: number; theme: Theme; life: number }): Death {
  const own = killPoints.filter(({ step }) => OWN[theme]?.includes(step));
  if (own.length > 0 && life === 0) return { kind: 'step', at: { ...pick(random, own), nth: 1 } };
  if ((round + life) % 2 === 0) return { kind: 'time', afterMs: random.integer(0, 2_500) };
  const usual = killPoints.filter(({ step }) => !ownSteps.includes(step));
  const point = usual[(Math.floor(round / 2) + life * 11) % usual.length] as (typeof killPoints)[number];
  return { kind: 'step', at: { ...point, nth: SELDOM.includes(point.step) ? 1 : random.integer(1, 3) } };
}

const scheduleIn = (random: Random): ScheduleInput => ({
  seed: random.integer(0, 1_000_000),
  posts: random.integer(5, 30) / 100,
  requests: random.integer(1, 4) / 100,
  blocks: random.integer(3, 15) / 100,
});

function blowsOf(theme: Theme, setup: Setup, random: Random): Blow[] {
  const at = (): { readonly afterMs: number } => ({ afterMs: random.integer(200, TROUBLE_MS) });
  const some = (least: number, most: number, make: () => Blow): Blow[] =>
    Array.from({ length: random.integer(least, most) }, make);
  switch (theme) {
    case 'kills':
    case 'storm':
      return [];
    case 'reorgs':
      return some(2, 4, () => ({ ...at(), kind: 'reorg', reorg: reorgIn(random) }));
    case 'mempool':
      return Array.from({ length: random.integer(3, 6) }, () => mempoolTrouble(random, at().afterMs)).flat();
    case 'services':
      return [
        ...(setup.redis ? some(1, 2, () => ({ ...at(), kind: 'redis-kill' })) : []),
        ...(setup.redis ? some(1, 2, () => ({ ...at(), kind: 'redis-flush' })) : []),
        ...(setup.postgres ? some(1, 2, () => ({ ...at(), kind: 'postgres-restart' })) : []),
        ...some(1, 1, () => ({ ...at(), kind: 'chain-kill' })),
      ];
    case 'rivals':
      return [{ afterMs: random.integer(500, 3_000), kind: 'suspend', forMs: random.integer(5_500, 8_000) }];
    case 'foreign':
      return [
        ...some(1, 2, () => ({ ...at(), kind: 'foreign', lane: random.integer(0, 1) })),
        ...some(0, 1, () => ({ ...at(), kind: 'reorg', reorg: reorgIn(random) })),
      ];
  }
}

function reorgIn(random: Random): ReorgInput {
  const depth = random.integer(1, 6);
  const transactions = pick(random, ['remine', 'return', 'forget'] as const);
  const staleForBlocks = random.integer(0, 3);
  return {
    depth,
    blocks: random.integer(Math.max(depth - 1, 1), depth + 1),
    transactions,
    ...(staleForBlocks === 0 ? {} : { staleForBlocks }),
  };
}

/** One thing that goes wrong between the bot and the mempool. */
function mempoolTrouble(random: Random, afterMs: number): readonly Blow[] {
  const few = { times: random.integer(1, 4), forBlocks: 12 };
  const forBlocks = random.integer(2, 10);
  const fault = (one: FaultInput): readonly Blow[] => [{ afterMs, kind: 'fault', fault: one }];
  /** While no block comes, or there would be nothing to forget: a block takes all that waits. */
  const forget = (one: ForgetInput): readonly Blow[] => [
    ...fault({ kind: 'stall', forBlocks: 4 }),
    { afterMs: afterMs + 700, kind: 'forget', forget: one },
  ];
  return pick(random, [
    fault({ kind: 'hang', on: 'POST /v2/transactions', ...few }),
    fault({ kind: 'swallow', ...few }),
    fault({ kind: 'reject', reason: 'FeeTooLow', reasonData: { expected: 2_000, actual: 400 }, ...few }),
    fault({ kind: 'reject', reason: 'ConflictingNonceInMempool', handled: true, ...few }),
    fault({ kind: 'reject', reason: 'TemporarilyBlacklisted', ...few }),
    fault({ kind: 'server-error', status: 504, handled: true, on: 'POST /v2/transactions', ...few }),
    fault({ kind: 'rate-limit', probability: 0.3, seed: random.integer(0, 1_000), forBlocks: 12 }),
    fault({ kind: 'stall', forBlocks }),
    fault({ kind: 'indexer-lag', by: random.integer(1, 5), forBlocks }),
    fault({ kind: 'indexer-freeze', forBlocks }),
    forget({ transactions: 'all' }),
    forget({ transactions: 'all', as: 'dropped_too_expensive', returnAfterBlocks: random.integer(1, 4) }),
  ]);
}

const pick = <T>(random: Random, items: readonly T[]): T => items[random.integer(0, items.length - 1)] as T;
