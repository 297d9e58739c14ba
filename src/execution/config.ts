import { ConfigError, type MicroStx, type Principal } from '../core/index.ts';

/** How much a transaction offers for being mined. */
export interface FeePolicy {
  /** µSTX per byte; nodes take nothing under 1. */
  readonly ratePerByte: number;
  /** No transaction offers less. */
  readonly floor: MicroStx;
  /** No transaction offers more; a batch is kept small enough for it. */
  readonly cap: MicroStx;
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
  if (confirmedDepth < 1 || finalDepth < confirmedDepth) {
    throw new ConfigError(`expected 1 ≤ confirmed depth ≤ final depth, was ${confirmedDepth} and ${finalDepth} blocks`);
  }
}
