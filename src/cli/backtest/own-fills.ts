import { EventKind } from '../../../backtest/data/event-columns.ts';
import type { Cell, TableColumn } from '../../../backtest/data/export/export-table.ts';
import { BATCH_ROWS, formatOf, openTable } from '../../../backtest/data/export/table-sink.ts';
import { markOf } from '../../../backtest/driver/profit-account.ts';
import type { ColumnarMarket } from '../../../backtest/market/columnar-market.ts';
import type { Price, Principal } from '../../core/index.ts';
import { type GridSettings, gridPrices } from '../../trading/index.ts';
import type { BacktestRun, FillName } from './backtest-report.ts';

/** A fill of the account of a backtest, as plain data. */
export interface OwnFill {
  readonly height: number;
  readonly side: 'buy' | 'sell';
  /** The market's number of the offer in this backtest, which is not the recording's. */
  readonly tradeId: number;
  readonly counterparty: string;
  /** Wh. */
  readonly amount: number;
  /** µSTX per Wh. */
  readonly price: number;
  /** What a Wh was held to be worth then, in µSTX: the middle of the grid's prices. */
  readonly mark: number;
  /** Height at which the offer was listed. */
  readonly listedAt: number;
}

/** Notes the fills of one account of a backtest, oldest first. */
export class OwnFillLog {
  readonly fills: OwnFill[] = [];
  readonly #account: Principal;
  readonly #grid: GridSettings;

  constructor({ account, grid }: { readonly account: Principal; readonly grid: GridSettings }) {
    this.#account = account;
    this.#grid = grid;
  }

  event(market: ColumnarMarket): void {
    const { next, accounts } = market;
    if (next.kind[0] !== EventKind.tradeBought) return;
    const us = accounts.find(this.#account);
    const [seller, buyer] = [next.account[0] as number, next.other[0] as number];
    if (seller !== us && buyer !== us) return;
    this.fills.push({
      height: next.height[0] as number,
      side: buyer === us ? 'buy' : 'sell',
      tradeId: next.trade[0] as number,
      counterparty: accounts.nameOf(buyer === us ? seller : buyer),
      amount: next.amount[0] as number,
      price: next.price[0] as number,
      mark: markOf(gridPrices(this.#grid, market.energyPrice as Price)),
      listedAt: market.listedAt[market.closedSlot] as number,
    });
  }
}

const COLUMNS: readonly TableColumn[] = [
  { name: 'run', type: 'integer' },
  ...['recording', 'strategy', 'parameters', 'model'].map((name): TableColumn => ({ name, type: 'text' })),
  { name: 'height', type: 'integer' },
  { name: 'side', type: 'text' },
  { name: 'trade_id', type: 'integer' },
  { name: 'counterparty', type: 'text' },
  ...['amount', 'price', 'cost', 'mark', 'listed_at'].map((name): TableColumn => ({ name, type: 'integer' })),
];

/** The fills of a run by each model that was asked for. */
export type FillsByModel = Readonly<Partial<Record<FillName, readonly OwnFill[]>>>;

/** Writes every fill of every run and model as one Parquet or CSV file; answers how many there are. */
export function writeOwnFills(
  file: string,
  runs: readonly BacktestRun[],
  fills: ReadonlyMap<BacktestRun['results'], FillsByModel>,
): number {
  const table = openTable(file, formatOf(file), COLUMNS);
  let [count, batch]: [number, Cell[][]] = [0, []];
  for (const [index, { recording, strategy, parameters, results }] of runs.entries()) {
    for (const [model, own] of Object.entries(fills.get(results) ?? {})) {
      for (const { height, side, tradeId, counterparty, amount, price, mark, listedAt } of own) {
        const of = [index + 1, recording, strategy, JSON.stringify(parameters), model];
        batch.push([...of, height, side, tradeId, counterparty, amount, price, amount * price, mark, listedAt]);
        count += 1;
        if (batch.length < BATCH_ROWS) continue;
        table.write(batch);
        batch = [];
      }
    }
  }
  if (batch.length > 0) table.write(batch);
  table.close();
  return count;
}
