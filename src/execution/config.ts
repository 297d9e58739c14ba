import { ConfigError, type MicroStx, type Principal } from '../core/index.ts';

/** How much a transaction offers for being mined. */
export interface FeePolicy {
  /** µSTX per byte; nodes take nothing under 1. */
  readonly ratePerByte: number;
  /** No transaction offers less. */
  readonly floor: MicroStx;
  /** No transaction offers more; a batch is kept small enough for it. */
  readonly cap: MicroStx;
  /**
   * No batch offers more for each of its entries. A batch that would waits for company, until its intents go stale; one
   * that was sent is not raised above it. Absent: only the cap counts.
   */
  readonly perEntry?: MicroStx | undefined;
  /** What the lane may offer in fees on one UTC day; when it is used up, nothing is claimed or raised. Absent: no limit. */
  readonly perDay?: MicroStx | undefined;
  /** Blocks by which the tip advances over the lowest unconfirmed nonce before its fee is raised. @default 6 */
  readonly bumpAfterBlocks?: number;
}

/** Blocks over the lowest unconfirmed nonce before its fee is raised. */
export const BUMP_AFTER_BLOCKS = 6;
/** Blocks over the same unused nonce before the lane halts: a few raises have had their chance by then. */
export const STUCK_BLOCKS = 30;

/** How the lanes are held against other processes. */
export interface LeaseConfig {
  /** Names this process for as long as it runs; never used again. */
  readonly holder: string;
  /** No other process can use the ledger, so whoever is written down as holder is dead. @default false */
  readonly soleHolder?: boolean;
  /** Milliseconds after which another process may take the lanes of one that died. @default 5000 */
  readonly ttlMs?: number;
  /** Milliseconds between renewals. @default 1500 */
  readonly renewMs?: number;
}

export interface ExecutionConfig {
  /** The operators whose keys sign. */
  readonly lanes: readonly Principal[];
  readonly lease: LeaseConfig;
  readonly fee: FeePolicy;
  /** Blocks, the one that includes it among them, after which a transaction counts as confirmed. */
  readonly confirmedDepth: number;
  /** Blocks after which it counts as final. */
  readonly finalDepth: number;
  /** Blocks after the tip of its turn in which a batch may still execute. */
  readonly validityBlocks: number;
  /** @default 100, the most that the contract takes */
  readonly maxEntries?: number;
  /** Unconfirmed nonces of a lane. @default 20 */
  readonly maxUnconfirmed?: number;
  /**
   * Blocks that may go by without the lane's lowest nonce being used before the lane halts; more than before a fee is
   * raised, which goes on all the same. @default 30
   */
  readonly stuckBlocks?: number;
  /** Whose lanes may carry an account's intents. @default none but the one that an intent was given */
  readonly operatorsOf?: (account: Principal) => readonly Principal[];
  /** Milliseconds before a POST whose outcome is unknown is repeated. @default 2000 */
  readonly retryMs?: number;
}

/** @throws ConfigError for a value that no lane could work with. */
export function checkExecutionConfig(config: ExecutionConfig): void {
  const { lanes, fee, confirmedDepth, finalDepth } = config;
  if (lanes.length === 0 || new Set(lanes).size < lanes.length) {
    throw new ConfigError(`expected at least one operator and each once, was ${lanes.join(', ') || 'none'}`);
  }
  if (!(fee.ratePerByte >= 1)) {
    throw new ConfigError(`expected a fee rate of at least 1 µSTX per byte, was ${fee.ratePerByte}`);
  }
  if (fee.floor > fee.cap) {
    throw new ConfigError(`expected the fee floor not to exceed the cap of ${fee.cap} µSTX, was ${fee.floor}`);
  }
  if (fee.bumpAfterBlocks !== undefined && !(fee.bumpAfterBlocks >= 1)) {
    throw new ConfigError(`expected to raise a fee after at least 1 block, was ${fee.bumpAfterBlocks}`);
  }
  const { bumpAfterBlocks = BUMP_AFTER_BLOCKS } = fee;
  const { stuckBlocks = STUCK_BLOCKS } = config;
  if (stuckBlocks <= bumpAfterBlocks) {
    const raise = `after the first raise of its fee, which comes after ${bumpAfterBlocks}`;
    throw new ConfigError(`expected a lane to halt ${raise} blocks, was after ${stuckBlocks}`, {
      hints: ['Set stuckBlocks higher, or bumpAfterBlocks lower.'],
    });
  }
  if (confirmedDepth < 1 || finalDepth < confirmedDepth) {
    throw new ConfigError(`expected 1 ≤ confirmed depth ≤ final depth, was ${confirmedDepth} and ${finalDepth} blocks`);
  }
}
