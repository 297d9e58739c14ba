import fc from 'fast-check';
import type { RejectionReason } from '../../../src/execution/index.ts';

type PlainMove = 'postAll' | 'confirm' | 'mine' | 'mineNothing' | 'mineForeign' | 'loseQueue' | 'restart' | 'resume';

/** What can happen to a lane: what the bot does, what the chain does, and how servers lie about it. */
export type Move =
  | { readonly do: 'submit'; readonly buys: number; readonly lists: number }
  | { readonly do: 'post'; readonly job: number }
  /** Blocks that hold nothing of ours while the bot goes on. */
  | { readonly do: 'stall'; readonly blocks: number }
  /** All that waits is posted, mined and confirmed. */
  | { readonly do: 'thrive' }
  /** A stranger's transaction takes a nonce, ours follow, and a reorg loses the stranger's. */
  | { readonly do: 'leaveGap' }
  | { readonly do: PlainMove }
  /** Another miner still has an attempt that was replaced, and mines that one. */
  | { readonly do: 'mineReplaced'; readonly attempt: number }
  | { readonly do: 'postForeign'; readonly ahead: number; readonly fee: number }
  | { readonly do: 'reorg'; readonly depth: number; readonly how: 'back' | 'lose' | 'same'; readonly fresh: boolean }
  | { readonly do: 'forget'; readonly ahead: number }
  | { readonly do: 'lag'; readonly node: number; readonly indexer: number }
  | { readonly do: 'answer'; readonly with: Answer; readonly times: number }
  /** So many of the newest intents. */
  | { readonly do: 'cancel'; readonly newest: number }
  | { readonly do: 'wait'; readonly ms: number };

/** How a node answers a POST other than honestly. */
export type Answer = 'lost' | 'arrived' | 'swallowed' | 'limited' | RejectionReason;

const answers: readonly Answer[] = [
  'lost',
  'arrived',
  'swallowed',
  'limited',
  'FeeTooLow',
  'NotEnoughFunds',
  'TooMuchChaining',
  'ConflictingNonceInMempool',
  'TemporarilyBlacklisted',
  'BadFunctionArgument',
  'NoSuchContract',
  'ServerFailureOther',
  'Unknown',
];

const plain = (name: PlainMove) => fc.constant<Move>({ do: name });

/** Random moves, so weighted that histories get somewhere. Reorgs stay below the final depth of 3. */
export const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('submit' as const), buys: fc.nat(2), lists: fc.nat(1) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('post' as const), job: fc.nat(5) }) },
  { weight: 5, arbitrary: plain('postAll') },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('stall' as const), blocks: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 5, arbitrary: fc.constant<Move>({ do: 'thrive' }) },
  { weight: 1, arbitrary: fc.constant<Move>({ do: 'leaveGap' }) },
  { weight: 6, arbitrary: plain('confirm') },
  { weight: 2, arbitrary: plain('mine') },
  { weight: 2, arbitrary: plain('mineNothing') },
  { weight: 1, arbitrary: plain('mineForeign') },
  { weight: 1, arbitrary: plain('loseQueue') },
  { weight: 1, arbitrary: plain('restart') },
  { weight: 2, arbitrary: plain('resume') },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mineReplaced' as const), attempt: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('postForeign' as const),
      ahead: fc.nat(4),
      fee: fc.constantFrom(300, 5_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('reorg' as const),
      depth: fc.integer({ min: 1, max: 2 }),
      how: fc.constantFrom('back' as const, 'lose' as const, 'same' as const),
      fresh: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('forget' as const), ahead: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('lag' as const), node: fc.nat(2), indexer: fc.nat(8) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      with: fc.constantFrom(...answers),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), newest: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(50, 1_000) }) },
);
