import { validateStacksAddress } from '@stacks/transactions';
import { z } from 'zod';
import { microStx, type Principal, price, wh } from '../../core/index.ts';

const isPrincipal = (text: string): boolean => {
  const [address = '', name, ...rest] = text.split('.');
  return validateStacksAddress(address) && rest.length === 0 && (name === undefined || /^[a-zA-Z][\w-]*$/.test(name));
};

const natural = z.int().min(0);
const positive = z.int().min(1);
const money = natural.transform(microStx);
const energy = natural.transform(wh);
const unitPrice = positive.transform(price);
const address = z
  .string()
  .refine(isPrincipal, { error: (issue) => `expected a Stacks address, was "${String(issue.input)}"` })
  .transform((text) => text as Principal);

/**
 * Nothing is dropped sooner: longer than the day that limits look back on, and than the 42 h 40 min that nodes keep a
 * transaction in the mempool.
 */
export const MIN_RETENTION_DAYS = 2;

/** A bound within which an account trades; what is absent has the default of the risk module. */
const limits = z.strictObject({
  /** µSTX that buys of one turn may cost together. */
  spendPerTurn: money.optional(),
  /** µSTX that buys of one UTC day may cost together. */
  spendPerDay: money.optional(),
  /** Wh that buys and listings of one turn may move together. */
  energyPerTurn: energy.optional(),
  openOffers: z.int().min(0).max(100).optional(),
  /** Per cent of the energy price that a price may be away from it. */
  priceBandPercent: natural.optional(),
  /** µSTX of the account's funds that stay unspent. */
  fundsReserve: money.optional(),
  /** µSTX of network fees a UTC day. */
  feesPerDay: money.optional(),
  /** µSTX that stay in the operator's wallet for fees. */
  feeReserve: money.optional(),
  staleBlocks: natural.optional(),
  staleSeconds: natural.optional(),
  attestedSellersOnly: z.boolean().optional(),
  intentsPerTurn: natural.optional(),
});

const account = z.strictObject({
  /** How people and reports call the account. */
  name: z.string().min(1).max(40),
  address,
  /** A built-in strategy's name, or a path to a file, relative to the config file. */
  strategy: z.string().min(1),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])).default({}),
  limits: limits.default({}),
  /** The stated need in Wh: the energy balance that the account wants to hold. */
  targetWh: energy.default(wh(0)),
  /** A CSV of meter readings that is followed as it grows: `time,produced_wh,consumed_wh`; relative to the config file. */
  readings: z.string().min(1).optional(),
});

/** The one schema of the config file. Unknown keys are refused; what is absent gets the default written here. */
export const configSchema = z.strictObject({
  network: z.enum(['embedded', 'testnet', 'mainnet']),
  chain: z.strictObject({
    /** Base URLs of nodes with the indexer API, tried in this order. */
    urls: z.array(z.url({ protocol: /^https?$/ })).min(1),
    /** `ADDRESS.energy-grid` */
    contract: address.refine((text) => text.includes('.'), {
      error: (issue) => `expected ADDRESS.energy-grid, was "${String(issue.input)}"`,
    }),
    /** Name of the environment variable that holds the API key. */
    apiKeyFrom: z.string().optional(),
    /** Milliseconds for one request. */
    deadlineMs: positive.default(10_000),
  }),
  /** Whose keys sign: each is a lane with its own nonces, and an account trades through those that it has delegated to. */
  operators: z
    .array(
      z.strictObject({
        /** Name of the key in the keystore, or of WATTMAKER_KEY_<NAME> in the environment. */
        key: z.string().min(1),
        /** Keystore folder, relative to the config file; absent means the user's own. */
        keys: z.string().min(1).optional(),
      }),
    )
    .min(1)
    .superRefine((all, context) => {
      all.forEach(({ key }, index) => {
        if (all.findIndex((other) => other.key === key) === index) return;
        const message = `expected each operator once, was twice: "${key}"`;
        context.addIssue({ code: 'custom', path: [index, 'key'], message });
      });
    })
    .prefault([{ key: 'operator' }]),
  accounts: z
    .array(account)
    .min(1)
    .superRefine((all, context) => {
      for (const field of ['name', 'address'] as const) {
        const seen = new Set<string>();
        all.forEach((each, index) => {
          if (seen.has(each[field])) {
            context.addIssue({
              code: 'custom',
              path: [index, field],
              message: `expected each ${field} once, was twice: "${each[field]}"`,
            });
          }
          seen.add(each[field]);
        });
      }
    }),
  /** The grid company's prices in µSTX per Wh: the alternatives to trading. */
  grid: z
    .strictObject({
      /** Absent means the energy price. */
      import: unitPrice.nullable().default(null),
      /** Absent means 40 % of the energy price, rounded down. */
      feedIn: natural.transform(price).nullable().default(null),
    })
    .prefault({}),
  fees: z
    .strictObject({
      /** µSTX per byte of a transaction; nodes take nothing under 1. */
      ratePerByte: z.number().min(1).default(1.2),
      /** µSTX; no transaction offers less. */
      floor: money.default(microStx(300)),
      /** µSTX; no transaction offers more. */
      cap: money.default(microStx(100_000)),
      /** µSTX for each entry of a batch; one that would offer more waits for company. Absent: only the cap counts. */
      perEntry: money.optional(),
      /** µSTX of fees a UTC day; when they are used up, nothing is sent or raised. */
      perDay: money.default(microStx(100_000_000)),
      /** Blocks by which the tip advances over the lowest unconfirmed transaction before its fee is raised. */
      bumpAfterBlocks: positive.default(6),
    })
    .prefault({}),
  execution: z
    .strictObject({
      /** Blocks after the turn's tip in which a batch may still execute. */
      validityBlocks: positive.default(10),
      /** Blocks after which a transaction counts as confirmed; absent: 1 embedded, 6 elsewhere. */
      confirmedDepth: positive.optional(),
      /** Blocks after which it counts as final; absent: 6 embedded, 150 elsewhere. */
      finalDepth: positive.optional(),
      maxUnconfirmed: z.int().min(1).max(25).default(20),
      /** Blocks that may go by without a lane's lowest nonce being used before the lane halts; more than bumpAfterBlocks. */
      stuckBlocks: positive.default(30),
    })
    .prefault({}),
  polling: z
    .strictObject({
      /** Milliseconds between two polls; absent: 500 embedded, 5000 elsewhere. */
      everyMs: z.int().min(100).optional(),
      /** Milliseconds that the strategies of one turn may take together. */
      turnDeadlineMs: positive.default(5_000),
    })
    .prefault({}),
  /** How long the ledger keeps what has ended; its sums stay for ever. */
  retention: z
    .strictObject({
      /** Days that an ended transaction stays, with its intents, bytes and results; two at least, which day limits need. */
      days: z.number().min(MIN_RETENTION_DAYS).default(30),
      /** Of more ended transactions than this the oldest go sooner, but never before two days. */
      transactions: natural.default(50_000),
      /** Minutes between two looks at what may go. */
      everyMinutes: z.number().min(1).default(10),
    })
    .prefault({}),
  /** What every run writes down of itself, to be replayed; a dry run writes nothing. */
  recording: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Relative to the config file; absent: `recordings` in the data folder. */
      folder: z.string().min(1).optional(),
      /** Days that the recording of a run stays after its last turn. */
      days: z.number().min(1).default(30),
      /** MiB that they may take together; the oldest go sooner. */
      maxMiB: z.number().min(1).default(1_024),
    })
    .prefault({}),
  /** Whether accounts of this bot may buy from each other. */
  allowOwnTrades: z.boolean().default(false),
  /** Decides who picks first in a turn; any 32-bit integer. */
  seed: z.int32().default(1),
  /** Folder of the ledger (without DATABASE_URL) and of the control token, relative to the config file. */
  data: z.string().min(1).default('.wattmaker/data'),
  control: z
    .strictObject({
      /** Anything but a loopback address exposes the endpoint; it needs its token all the same. */
      host: z.string().default('127.0.0.1'),
      /** 0 means any free port, written beside the token. */
      port: z.int().min(0).max(65_535).default(0),
    })
    .prefault({}),
  /** Seconds that a stop waits for work in progress. */
  drainSeconds: positive.default(20),
});

export type ConfigInput = z.input<typeof configSchema>;
export type ConfigFields = z.output<typeof configSchema>;
export type AccountConfig = ConfigFields['accounts'][number];
