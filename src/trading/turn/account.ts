import type { Principal, Wh } from '../../core/index.ts';
import type { RiskLimits } from '../risk/limits.ts';

/** An account that the bot trades for. */
export interface TradingAccount {
  readonly principal: Principal;
  /** Whose keys may sign for it, at least one; the principal itself alone for an operator's own account. */
  readonly operators: readonly Principal[];
  /** The strategy by the reference it is loaded by: a built-in name or a file. */
  readonly strategy: string;
  /** What the user set; the rest are the declared defaults. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What the user set; the rest are `DEFAULT_RISK_LIMITS`. */
  readonly limits?: Partial<RiskLimits>;
  /** The stated need: the energy balance that the account wants to hold. @default 0 */
  readonly targetWh?: Wh;
}
