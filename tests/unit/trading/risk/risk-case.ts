import type { Principal } from '../../../../src/core/index.ts';
import type {
  Denial,
  Intent,
  RiskCode,
  RiskLimits,
  TradingAccount,
  TurnRequest,
} from '../../../../src/trading/index.ts';
import { accountOf, type SceneMarket } from '../../../support/turn-scene.ts';

/** The account that the examples are about. */
export const me: Principal = accountOf(0);

/** One thing that risk is asked, and what it says. */
export interface RiskCase {
  readonly name: string;
  /** All but the last are allowed. */
  readonly intents: readonly Intent[];
  /** What risk says of the last one: a denial's code, limit and actual value, or null where it is allowed. */
  readonly denial: readonly [RiskCode, Denial['limit'], Denial['actual']] | null;
  readonly market?: SceneMarket;
  readonly request?: Partial<TurnRequest>;
  readonly limits?: Partial<RiskLimits>;
  readonly account?: Partial<TradingAccount>;
  readonly allowOwnTrades?: boolean;
}
