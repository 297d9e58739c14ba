import { ConfigError, type MicroStx, microStx, type Wh, wh } from '../../core/index.ts';
import { MAX_OPEN_OFFERS } from '../../market/index.ts';

/** The bounds within which an account trades, whatever its strategy wants. The delegation on the chain bounds it too. */
export interface RiskLimits {
  /** µSTX that buys of one turn may cost together. @default 5000000 (5 STX) */
  readonly spendPerTurn: MicroStx;
  /** µSTX that buys of one day may cost together. @default 50000000 (50 STX) */
  readonly spendPerDay: MicroStx;
  /** Wh that buys and listings of one turn may move together. @default 50000 */
  readonly energyPerTurn: Wh;
  /** Open offers at a time, unconfirmed listings included; the contract admits 100. @default 20 */
  readonly openOffers: number;
  /**
   * How far, in per cent of the energy price, a price may be from it: buys at most so far above, listings at most so
   * far above or below. A cheap offer is never too cheap to buy. @default 80
   */
  readonly priceBandPercent: number;
  /** µSTX of the account's funds in the contract that stay unspent. @default 0 */
  readonly fundsReserve: MicroStx;
  /** µSTX of network fees a day that the account may cause. @default 5000000 (5 STX) */
  readonly feesPerDay: MicroStx;
  /** µSTX that stay in the wallet of the operator, which pays the fees. @default 100000 (0.1 STX) */
  readonly feeReserve: MicroStx;
  /** Blocks that the market data may lag behind the tip. @default 3 */
  readonly staleBlocks: number;
  /** Seconds since the market was last polled with success. @default 120 */
  readonly staleSeconds: number;
  /** Whether to buy from metered sellers only; where the contract requires meters this holds anyway. @default false */
  readonly attestedSellersOnly: boolean;
  /** Intents of the account in one turn. @default 20 */
  readonly intentsPerTurn: number;
}

export const DEFAULT_RISK_LIMITS: RiskLimits = Object.freeze({
  spendPerTurn: microStx(5_000_000),
  spendPerDay: microStx(50_000_000),
  energyPerTurn: wh(50_000),
  openOffers: 20,
  priceBandPercent: 80,
  fundsReserve: microStx(0),
  feesPerDay: microStx(5_000_000),
  feeReserve: microStx(100_000),
  staleBlocks: 3,
  staleSeconds: 120,
  attestedSellersOnly: false,
  intentsPerTurn: 20,
});

const numericLimits = {
  spendPerTurn: Number.MAX_SAFE_INTEGER,
  spendPerDay: Number.MAX_SAFE_INTEGER,
  energyPerTurn: Number.MAX_SAFE_INTEGER,
  openOffers: MAX_OPEN_OFFERS,
  priceBandPercent: 1_000_000,
  fundsReserve: Number.MAX_SAFE_INTEGER,
  feesPerDay: Number.MAX_SAFE_INTEGER,
  feeReserve: Number.MAX_SAFE_INTEGER,
  staleBlocks: Number.MAX_SAFE_INTEGER,
  staleSeconds: Number.MAX_SAFE_INTEGER,
  intentsPerTurn: 1_000,
} as const satisfies Partial<Record<keyof RiskLimits, number>>;

/**
 * Completes what a user gave with the defaults.
 *
 * @throws ConfigError for an unknown limit or a value that is out of range.
 */
export function resolveLimits(given: Partial<RiskLimits> = {}): RiskLimits {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_RISK_LIMITS, name)) {
      throw new ConfigError(`expected a risk limit, was "${name}"`, {
        hints: [`Known limits are ${Object.keys(DEFAULT_RISK_LIMITS).join(', ')}.`],
      });
    }
    if (name === 'attestedSellersOnly') {
      if (typeof value !== 'boolean') {
        throw new ConfigError(`expected the limit ${name} to be true or false, was ${JSON.stringify(value)}`);
      }
      continue;
    }
    const highest = numericLimits[name as keyof typeof numericLimits];
    if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > highest) {
      const standard = DEFAULT_RISK_LIMITS[name as keyof RiskLimits];
      throw new ConfigError(
        `expected the limit ${name} to be an integer from 0 to ${highest}, was ${JSON.stringify(value) ?? String(value)}`,
        { hints: [`Leave it out for the default of ${standard}.`] },
      );
    }
  }
  return Object.freeze({ ...DEFAULT_RISK_LIMITS, ...given });
}
