import type { ScheduleInput } from './faults/schedule.ts';
import type { Epoch } from './genesis.ts';

/** How an embedded chain is started. Everything here can cross a process boundary. */
export interface DevnetOptions {
  /** 0 takes a free port. @default 0 */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Where the chain is kept; absent, it lives in memory only. */
  readonly dataFolder?: string;
  /** Discards the chain that `dataFolder` holds. @default false */
  readonly fresh?: boolean;
  /** Milliseconds between two blocks; 0 mines on demand only. @default 2000 */
  readonly blockIntervalMs?: number;
  /** µSTX, as decimal text, by address; on a kept chain either absent or the same again. */
  readonly accounts?: Readonly<Record<string, string>>;
  /** @default '3.3' */
  readonly epoch?: Epoch;
  /** The first block's time in milliseconds since the Unix epoch. @default now */
  readonly startTime?: number;
  /** Faults that happen by a seeded schedule from the first request on. @default none */
  readonly faults?: ScheduleInput;
  /** Where every fault that happens is written, one JSON object a line. */
  readonly faultLog?: string;
}

export const DEFAULT_BLOCK_INTERVAL_MS = 2000;
export const DEFAULT_PORT = 3999;
