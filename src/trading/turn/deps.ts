import type { TurnEngine } from './engine.ts';
import type { TurnMarket } from './turn-market.ts';

export interface RunTurnDeps {
  readonly engine: TurnEngine;
  readonly market: TurnMarket;
  /** References of strategies that are not asked. */
  readonly benched?: ReadonlySet<string>;
  /** Hears the index of the strategy about to run, and -1 after it: the watchdog's way to name one that never returns. */
  readonly onStrategy?: (index: number) => void;
}
