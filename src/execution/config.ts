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

export interface ExecutionConfig {
  /** The operator whose key signs. */
  readonly lane: Principal;
  readonly fee: FeePolicy;
  /** Blocks, the one that includes it among them, after which a transaction counts as confirmed. */
  readonly confirmedDepth: number;
  /** Blocks after which it counts as final. */
  readonly finalDepth: number;
  /** Blocks after the tip of its turn in which a batch may still execute. */
  readonly validityBlocks: number;
  /** @default 100, the most that the contract takes */
  readonly maxEntries?: number;
  /** Unconfirmed nonces of the lane. @default 20 */
  readonly maxUnconfirmed?: number;
  /** Milliseconds before a POST whose outcome is unknown is repeated. @default 2000 */
  readonly retryMs?: number;
}

/** @throws ConfigError for a value that no lane could work with. */
export function checkExecutionConfig(config: ExecutionConfig): void {
  const { fee, confirmedDepth, finalDepth } = config;
  if (!(fee.ratePerByte >= 1)) {
    throw new ConfigError(`expected a fee rate of at least 1 µSTX per byte, was ${fee.ratePerByte}`);
  }
  if (fee.floor > fee.cap) {
    throw new ConfigError(`expected the fee floor not to exceed the cap of ${fee.cap} µSTX, was ${fee.floor}`);
  }
  if (fee.bumpAfterBlocks !== undefined && !(fee.bumpAfterBlocks >= 1)) {
    throw new ConfigError(`expected to raise a fee after at least 1 block, was ${fee.bumpAfterBlocks}`);
  }
  if (confirmedDepth < 1 || finalDepth < confirmedDepth) {
    throw new ConfigError(`expected 1 ≤ confirmed depth ≤ final depth, was ${confirmedDepth} and ${finalDepth} blocks`);
  }
}
