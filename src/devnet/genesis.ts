import { randomBytes } from 'node:crypto';
import { sha512t256 } from './hashing.ts';

/** The epochs that the embedded chain runs in: 3.3 brought Clarity 4, 4.0 is the newest that the simnet knows. */
export const EPOCHS = ['3.3', '3.4', '4.0'] as const;
export type Epoch = (typeof EPOCHS)[number];

/** The Clarity version of a contract that names none, which is also the newest that the epoch admits. */
export const CLARITY_VERSIONS: Readonly<Record<Epoch, number>> = { '3.3': 4, '3.4': 5, '4.0': 6 };

/** Raised whenever the same journal would give another chain. Chains of earlier versions go on as they are. */
export const FORMAT_VERSION = 2;
export const KNOWN_VERSIONS: readonly number[] = [1, FORMAT_VERSION];

/** Everything that block 1 depends on. Two chains with equal settings are the same chain; `salt` tells them apart. */
export interface Genesis {
  readonly version: number;
  readonly salt: string;
  readonly epoch: Epoch;
  /** Milliseconds since the Unix epoch; the time of the first block. */
  readonly startTime: number;
  /** Balances in µSTX, as decimal text, by address, in address order. */
  readonly accounts: readonly (readonly [address: string, microStx: string])[];
}

/** The chain's identity: what `/v2/info` shows as `genesis_chainstate_hash`. */
export const genesisHash = (genesis: Genesis): string =>
  sha512t256(
    'wattmaker devnet genesis\n',
    JSON.stringify([genesis.version, genesis.salt, genesis.epoch, genesis.startTime, genesis.accounts]),
  );

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * What contracts see as the time of the first block, in milliseconds since the Unix epoch: where the day begins, so that
 * the chains of a day begin with the same machine. Version 1: the first block's own time.
 */
export const contractTime = ({ version, startTime }: Genesis): number =>
  version === 1 ? startTime : startTime - (startTime % DAY_MS);

export const newSalt = (): string => randomBytes(16).toString('hex');

/** Another chain with the same settings. */
export const anotherGenesis = (genesis: Genesis): Genesis => ({ ...genesis, salt: newSalt() });
