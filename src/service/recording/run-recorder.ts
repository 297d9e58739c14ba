import type { Principal } from '../../core/index.ts';
import type { FeePolicy } from '../../execution/index.ts';
import type { EngineSettings, GridSettings, TurnRequest, TurnResult } from '../../trading/index.ts';
import type { PollResult } from '../follower/index.ts';

/** What stays the same over a run of the bot. No keys, and nothing of the environment. */
export interface LiveRun {
  readonly chain: { readonly chainId: number; readonly genesis: string; readonly contractId: string };
  /** Who deployed the contract. */
  readonly owner: Principal;
  /** With the parameters and limits of every account complete. */
  readonly settings: EngineSettings;
  readonly grid: GridSettings;
  readonly sending: {
    readonly fee: FeePolicy;
    readonly validityBlocks: number;
    readonly maxUnconfirmed: number;
  };
  /** Blocks below the tip at which no reorg takes events back. */
  readonly finalDepth: number;
  /** What relative paths of strategy files start from. */
  readonly directory: string;
}

/** A turn that was taken: all that it went by, and what came of it. */
export interface LiveTurn {
  /** What the poll before it found; the market is folded from these. */
  readonly update: PollResult;
  readonly request: TurnRequest;
  /** Strategies that were not asked, by reference: benched before this turn. */
  readonly benched: readonly string[];
  readonly result: Pick<TurnResult, 'decisions' | 'allowed' | 'benched'>;
}

/** Writes down what a live run saw and decided. It never throws: a recording is not worth a missed trade. */
export interface RunRecorder {
  /** Every turn in its order, before anything that it decided is sent. */
  note(turn: LiveTurn): void;
  /** Seals what is final; after the last turn. */
  close(): void;
}

/** Where recordings of runs are kept, and for how long. */
export interface RunStorage {
  readonly folder: string;
  /** Days that a recording stays after its last turn. */
  readonly days: number;
  /** MiB that all of them may take together; the oldest go first. */
  readonly maxMiB: number;
}

export type OpenRunRecorder = (run: LiveRun, storage: RunStorage) => RunRecorder;
