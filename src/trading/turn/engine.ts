import { ConfigError, type Principal, type Wh, wh } from '../../core/index.ts';
import { type ParameterValues, resolveParameters } from '../parameters.ts';
import { resolveLimits } from '../risk/index.ts';
import type { RiskLimits } from '../risk/limits.ts';
import type { Strategy } from '../strategy.ts';
import type { TradingAccount } from './account.ts';

/** What stays the same from turn to turn. Plain data. */
export interface EngineSettings {
  /** Prefix of intent ids: new for every start of the bot, so that ids are unique over the life of the ledger. */
  readonly run: string;
  /** Decides who goes first; a 32-bit integer. */
  readonly seed: number;
  readonly accounts: readonly TradingAccount[];
  /**
   * Whether accounts of this bot may buy from each other. Between accounts of one owner that only pays fees; between
   * prosumers that happen to share an operator it is real trade.
   *
   * @default false
   */
  readonly allowOwnTrades?: boolean;
}

/** An account with everything resolved. */
export interface Seat {
  readonly principal: Principal;
  readonly operators: readonly Principal[];
  /** Index into the engine's strategies. */
  readonly strategy: number;
  readonly parameters: ParameterValues;
  readonly limits: RiskLimits;
  readonly targetWh: Wh;
}

export interface SeatedStrategy {
  /** The reference by which accounts name it. */
  readonly reference: string;
  readonly strategy: Strategy<never>;
}

export interface TurnEngine {
  readonly run: string;
  readonly seed: number;
  readonly allowOwnTrades: boolean;
  readonly strategies: readonly SeatedStrategy[];
  readonly seats: readonly Seat[];
  readonly principals: ReadonlySet<Principal>;
}

/**
 * Prepares accounts for trading: every strategy found, every parameter checked.
 *
 * @throws ConfigError for an account that stands twice, a strategy that `strategies` lacks, a parameter out of range.
 */
export function createTurnEngine(
  strategies: ReadonlyMap<string, Strategy<never>>,
  { run, seed, accounts, allowOwnTrades = false }: EngineSettings,
): TurnEngine {
  const seated = [...strategies].map(([reference, strategy]) => ({ reference, strategy }));
  const indices = new Map(seated.map(({ reference }, index) => [reference, index]));
  const principals = new Set<Principal>();
  const seats = accounts.map((account): Seat => {
    const { principal, operators, strategy: reference, parameters, limits, targetWh = wh(0) } = account;
    if (principals.has(principal)) {
      throw new ConfigError(`expected each account once, was twice: ${principal}`);
    }
    principals.add(principal);
    const index = indices.get(reference);
    const strategy = seated[index ?? -1]?.strategy;
    if (index === undefined || strategy === undefined) {
      throw new ConfigError(`expected a loaded strategy for ${principal}, was "${reference}"`);
    }
    return {
      principal,
      operators,
      strategy: index,
      parameters: resolveParameters(strategy, parameters),
      limits: resolveLimits(limits),
      targetWh,
    };
  });
  return { run, seed, allowOwnTrades, strategies: seated, seats, principals };
}
