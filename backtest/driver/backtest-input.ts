import { ConfigError, type Height, type MicroStx, type Principal, type Wh } from '../../src/core/index.ts';
import type { FeePolicy } from '../../src/execution/index.ts';
import type { MarketState } from '../../src/market/index.ts';
import type { DecidedTurn, GridPrices, GridSettings, RiskLimits, Strategy } from '../../src/trading/index.ts';
import type { AccountIndex } from '../data/accounts.ts';
import type { EventColumns } from '../data/event-columns.ts';
import type { HeightSpan } from '../data/recording/open-recording.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import type { CallLog } from '../venue/call-log.ts';
import type { FillModel } from '../venue/fill-model.ts';

/** What was recorded of a market. */
export interface RecordedMarket {
  /** The market that the first event happens to. */
  readonly opening: MarketState;
  /** Of all columns. */
  readonly accounts: AccountIndex;
  /** The events, oldest first, or at least those in a span; read once for each backtest. */
  readonly columns: (span?: HeightSpan) => Iterable<EventColumns>;
  readonly firstHeight: Height;
  readonly lastHeight: Height;
}

/** An account that a strategy trades for in a backtest. */
export interface BacktestAccount {
  readonly name: string;
  readonly principal: Principal;
  /** Who sends for it. @default the account itself */
  readonly operators?: readonly Principal[];
  /** The reference of a strategy. */
  readonly strategy: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly limits?: Partial<RiskLimits>;
  /** The energy balance that it wants to hold. @default 0 */
  readonly targetWh?: Wh;
  /**
   * What a new account starts with, and whose readings vouch for its energy; null for one that the recording knows: it
   * takes what the recording says of its energy, funds and delegations, and trades anew.
   */
  readonly opening: { readonly funds: MicroStx; readonly energy: Wh; readonly meter: Principal } | null;
}

export interface BacktestSettings {
  /** Decides whatever is left to chance; a 32-bit integer. */
  readonly seed: number;
  /** Blocks between the tip that a transaction was sent at and the block that executes it; at least 1. */
  readonly latencyBlocks: number;
  /** Blocks after the tip of its turn in which a batch may still execute. */
  readonly validityBlocks: number;
  readonly maxUnconfirmed: number;
  readonly maxEntries: number;
  readonly fee: FeePolicy;
  /** What each operator owns to pay fees with. */
  readonly wallet: MicroStx;
  readonly grid: GridSettings;
  /** Blocks of a slot, after which each account trades with the grid until it holds its stated need; null: at the end alone. */
  readonly settleBlocks: number | null;
  /** Milliseconds from one block to the next. */
  readonly blockMs: number;
  /** Blocks of a period that profits are compared by. */
  readonly periodBlocks: number;
  /** The first and the last tip at which strategies are asked; the tip before the first event at the earliest. */
  readonly from: Height;
  readonly to: Height;
}

export interface BacktestInput {
  readonly market: RecordedMarket;
  /** By reference. */
  readonly strategies: ReadonlyMap<string, Strategy<never>>;
  readonly accounts: readonly BacktestAccount[];
  readonly fills: FillModel;
  readonly settings: BacktestSettings;
  /** Hears how many events were played, now and then. */
  readonly onProgress?: (events: number) => void;
  /** Hears every event that happens: `market.next` holds it. */
  readonly onEvent?: (market: ColumnarMarket) => void;
  /** Hears what every turn decided. */
  readonly onTurn?: (turn: number, height: Height, decided: DecidedTurn) => void;
  /** Hears every call that is made on the market. */
  readonly onCall?: CallLog;
  /** Hears where each account stands at the end of every block, of the last one once more after the account was settled. */
  readonly onBlock?: (end: BlockEnd) => void;
}

/** Where an account stands at the end of a block. */
export interface BlockEnd {
  readonly principal: Principal;
  readonly height: Height;
  /** So far, what is held valued at the mark, in µSTX. */
  readonly profit: bigint;
  /** Wh held beyond what an idle account would hold. */
  readonly position: bigint;
  readonly grid: GridPrices;
}

/** @throws ConfigError for settings that no backtest can go by. */
export function checkSettings({ settings, market }: BacktestInput): void {
  const { latencyBlocks, settleBlocks, periodBlocks, from, to } = settings;
  const atLeastOne = (name: string, value: number): void => {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new ConfigError(`expected ${name} to be 1 or more, was ${value}`);
  };
  atLeastOne('the latency in blocks', latencyBlocks);
  atLeastOne('the blocks of a period', periodBlocks);
  if (settleBlocks !== null) atLeastOne('the blocks of a slot', settleBlocks);
  if (from > to || to < market.firstHeight || from > market.lastHeight) {
    throw new ConfigError(
      `expected heights within ${market.firstHeight} to ${market.lastHeight}, was ${from} to ${to}`,
      { hints: ['Leave them out to trade over the whole recording.'] },
    );
  }
}
