import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, CorruptionError, microStx, price, principal, wh } from '../../src/core/index.ts';
import type { FeePolicy } from '../../src/execution/index.ts';
import type { EngineSettings, GridSettings, RiskLimits, TradingAccount } from '../../src/trading/index.ts';
import { type Disk, replaceFile } from '../data/recording/disk.ts';

export const RUN_FILE = 'run.json';
export const TURNS_FOLDER = 'turns';
/** Marks where a recording ends too early, and why. */
export const BROKEN_FILE = 'broken.json';
const FORMAT = 'wattmaker-run';
const VERSION = 1;

const natural = z.int().min(0);
const money = natural.transform(microStx);
const address = z.string().transform(principal);
const unitPrice = natural.transform(price).nullable();

const account = z
  .strictObject({
    principal: address,
    operators: z.array(address),
    strategy: z.string(),
    parameters: z.record(z.string(), z.union([z.number(), z.string()])),
    limits: z.record(z.string(), z.union([z.number(), z.boolean()])),
    targetWh: z.int().transform(wh),
  })
  .transform(({ limits, ...rest }): TradingAccount => ({ ...rest, limits: limits as Partial<RiskLimits> }));

const head = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** The Wattmaker that traded. */
  wattmaker: z.string(),
  settings: z.strictObject({
    run: z.string(),
    seed: z.int32(),
    allowOwnTrades: z.boolean(),
    accounts: z.array(account),
  }),
  /** The code that each strategy was, by SHA-256. */
  strategies: z.array(z.strictObject({ reference: z.string(), sha256: z.string().nullable() })),
  /** What relative paths of strategy files start from. */
  directory: z.string(),
  grid: z.strictObject({ import: unitPrice, feedIn: unitPrice }),
  sending: z.strictObject({
    fee: z.strictObject({
      ratePerByte: z.number(),
      floor: money,
      cap: money,
      perEntry: money.optional(),
    }),
    validityBlocks: natural,
    maxUnconfirmed: natural,
  }),
});

/** What stays the same from turn to turn of a recorded run. */
export interface RunHead {
  readonly wattmaker: string;
  readonly settings: EngineSettings;
  readonly strategies: readonly { readonly reference: string; readonly sha256: string | null }[];
  readonly directory: string;
  readonly grid: Required<GridSettings>;
  readonly sending: {
    readonly fee: FeePolicy;
    readonly validityBlocks: number;
    readonly maxUnconfirmed: number;
  };
}

/** A head, and the SHA-256 of its file, from which the digests of the turns start. */
export interface StoredHead {
  readonly head: RunHead;
  readonly digest: string;
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/**
 * Writes the head of a run whole or not at all; answers its digest.
 *
 * @throws CorruptionError for one that could not be read again.
 */
export function writeRunHead(disk: Disk, folder: string, value: RunHead): string {
  const text = `${JSON.stringify({ format: FORMAT, version: VERSION, ...value }, null, 2)}\n`;
  const readable = head.safeParse(JSON.parse(text));
  if (!readable.success) throw new CorruptionError('expected the head of a run', { cause: readable.error });
  replaceFile(disk, join(folder, RUN_FILE), Buffer.from(text));
  return sha256(text);
}

/**
 * @throws ConfigError for a folder without a run or one of another version, CorruptionError for a damaged head.
 */
export function readRunHead(folder: string): StoredHead {
  const path = join(folder, RUN_FILE);
  const text = readText(path, folder);
  const value = parseJson(path, text);
  const version = z.looseObject({ format: z.literal(FORMAT), version: z.int() }).safeParse(value);
  if (version.success && version.data.version !== VERSION) {
    throw new ConfigError(`expected a recorded run of version ${VERSION} in "${folder}", was ${version.data.version}`, {
      hints: ['Use the Wattmaker that wrote it, or a newer one.'],
    });
  }
  const parsed = head.safeParse(value);
  if (!parsed.success) throw new CorruptionError(`expected ${path} to be the head of a run`, { cause: parsed.error });
  const { format: _, version: __, ...rest } = parsed.data;
  return { head: rest as RunHead, digest: sha256(text) };
}

function readText(path: string, folder: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`expected a recorded run in "${folder}", was none`, {
      cause,
      hints: ['Live runs record themselves in the folder `recordings` of their data folder.'],
    });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CorruptionError(`expected ${path} to be JSON`, { cause });
  }
}
