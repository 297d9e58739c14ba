import type { DemoKeystore } from '../demo/demo-keys.ts';

/** The names of the homes, in the keystore and in reports. */
export const homeNames: readonly string[] = Array.from({ length: 12 }, (_, index) => `home-${index + 1}`);

/** How a neighbourhood is started. Everything here can cross a process boundary. */
export interface NeighbourOptions {
  /** Of the embedded chain. */
  readonly url: string;
  /** `ADDRESS.energy-grid`; the address is the owner's. */
  readonly contractId: string;
  /** Holds the keys of owner, clients and homes. */
  readonly keystore: DemoKeystore;
  /** A 32-bit integer. */
  readonly seed: number;
  readonly blockIntervalMs: number;
  /** How many blocks make a day. @default 60 */
  readonly slotsPerDay?: number;
  /** The hour of day at block 0. @default 9 */
  readonly startHour?: number;
  /** The key of the contract's owner. @default 'owner' */
  readonly owner?: string;
  /** The key of the bot's client with energy to spare. @default 'anna' */
  readonly surplus?: string;
  /** The key of the bot's client in need. @default 'ben' */
  readonly need?: string;
  /** The keys of the homes. @default homeNames */
  readonly homes?: readonly string[];
}
