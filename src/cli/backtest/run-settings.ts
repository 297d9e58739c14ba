import { createHash } from 'node:crypto';
import { addressFromVersionHash, addressToString } from '@stacks/transactions';
import type { BacktestAccount, BacktestSettings, RecordedMarket } from '../../../backtest/driver/backtest-input.ts';
import { type FillModel, fillModels } from '../../../backtest/venue/fill-model.ts';
import { ConfigError, height, microStx, type Principal, price, principal, wh } from '../../core/index.ts';
import type { RiskLimits } from '../../trading/index.ts';

/** What the options of `wattmaker backtest` say, but for what is run. */
export interface BacktestOptions {
  readonly funds: bigint;
  readonly energy: bigint;
  readonly target: bigint;
  readonly as?: string;
  readonly fills?: readonly string[];
  readonly latency: number;
  readonly settle?: number;
  readonly import?: bigint;
  readonly feedIn?: bigint;
  readonly feeRate: number;
  readonly blockSeconds: number;
  readonly from?: number;
  readonly to?: number;
  readonly seed: number;
  readonly limit?: readonly string[];
}

const DAY_SECONDS = 24 * 60 * 60;
/** An address of the test network whose key nobody holds. */
const ADDRESS_VERSION = 26;

/** As live by default: batches for 10 blocks, 20 unconfirmed transactions of up to 100 entries, fees of 300 to 100,000 µSTX. */
export function settingsOf(options: BacktestOptions, market: RecordedMarket): BacktestSettings {
  const { latency, settle, feeRate, blockSeconds, from, to, seed, import: asked, feedIn } = options;
  return {
    seed,
    latencyBlocks: latency,
    validityBlocks: 10,
    maxUnconfirmed: 20,
    maxEntries: 100,
    fee: { ratePerByte: feeRate, floor: microStx(300), cap: microStx(100_000) },
    wallet: microStx(1_000_000_000_000),
    grid: {
      import: asked === undefined ? null : price(asked),
      feedIn: feedIn === undefined ? null : price(feedIn),
    },
    settleBlocks: settle ?? null,
    blockMs: blockSeconds * 1_000,
    periodBlocks: Math.max(1, Math.round(DAY_SECONDS / blockSeconds)),
    from: height(from ?? market.firstHeight),
    to: height(to ?? market.lastHeight),
  };
}

/** The account that a strategy trades for: a new one, or one that the recording knows. */
export function accountOf(
  options: BacktestOptions,
  { strategy, parameters }: Pick<BacktestAccount, 'strategy' | 'parameters'>,
): BacktestAccount {
  const { as: known, funds, energy, target, limit } = options;
  const opening = { funds: microStx(funds), energy: wh(energy), meter: unclaimedAddress('meter') };
  return {
    name: known === undefined ? 'new account' : 'recorded account',
    principal: known === undefined ? unclaimedAddress('account') : principal(known),
    strategy,
    ...(parameters === undefined ? {} : { parameters }),
    limits: limitsOf(limit ?? []),
    targetWh: wh(target),
    opening: known === undefined ? opening : null,
  };
}

function unclaimedAddress(what: string): Principal {
  const hash = createHash('sha256').update(`wattmaker backtest ${what}`).digest('hex').slice(0, 40);
  return principal(addressToString(addressFromVersionHash(ADDRESS_VERSION, hash)));
}

/** `name=value` each; the risk module says what there is. */
function limitsOf(texts: readonly string[]): Partial<RiskLimits> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', value = ''] = text.split('=');
      if (name === '' || value === '')
        throw new ConfigError(`expected a limit such as spendPerTurn=5000000, was "${text}"`);
      if (value === 'true' || value === 'false') return [name, value === 'true'];
      const number = Number(value);
      // What is no number is left as it is, for the risk module to name.
      return [name, Number.isNaN(number) ? value : number];
    }),
  );
}

/** @throws ConfigError for a name that no fill model has. */
export function fillModelsOf(names: readonly string[] | undefined): readonly FillModel[] {
  if (names === undefined) return fillModels;
  return names.map((name) => {
    const model = fillModels.find((each) => each.name === name);
    if (model !== undefined) return model;
    throw new ConfigError(`expected a fill model, was "${name}"`, {
      hints: [`There are ${fillModels.map((each) => each.name).join(', ')}.`],
    });
  });
}
