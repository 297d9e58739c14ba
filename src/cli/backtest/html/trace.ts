import { EventKind } from '../../../../backtest/data/event-columns.ts';
import type { BacktestInput, BlockEnd } from '../../../../backtest/driver/backtest-input.ts';
import type { ColumnarMarket } from '../../../../backtest/market/columnar-market.ts';
import type { Principal } from '../../../core/index.ts';

/** The values of a series in some blocks that follow each other: none of them is lost but their order. */
export interface Band {
  readonly low: number;
  readonly high: number;
  readonly last: number;
}

/** Fills of one side in the blocks of a column. */
export interface Fills extends Band {
  readonly count: number;
  readonly wh: number;
}

/** A part of a backtest's blocks, as wide as a column of a chart. */
export interface TraceColumn {
  readonly from: number;
  readonly to: number;
  /** µSTX. */
  readonly profit: Band;
  /** How far below its highest so far the profit stood; µSTX, never positive. */
  readonly drawdown: Band;
  /** Wh held beyond an idle account's. */
  readonly position: Band;
  /** µSTX per Wh that others paid each other; null where they did not. */
  readonly traded: Band | null;
  readonly bought: Fills | null;
  readonly sold: Fills | null;
  readonly gridImport: Band;
  readonly gridFeedIn: Band;
}

/** As many columns as a chart on a wide screen can tell apart. */
const MOST_COLUMNS = 600;

const widened = (band: Band | null, value: number): Band =>
  band === null
    ? { low: value, high: value, last: value }
    : { low: Math.min(band.low, value), high: Math.max(band.high, value), last: value };

const filled = (fills: Fills | null, price: number, wh: number): Fills => ({
  ...widened(fills, price),
  count: (fills?.count ?? 0) + 1,
  wh: (fills?.wh ?? 0) + wh,
});

/** Follows one account of a backtest, in as many columns as there are blocks, or fewer, wider ones of the same width. */
export class Trace {
  readonly columns: TraceColumn[] = [];
  readonly #account: Principal;
  readonly #blocksPerColumn: number;
  #next: Partial<{ -readonly [Key in keyof TraceColumn]: TraceColumn[Key] }> = {};
  #peak = 0;

  constructor({ account, blocks }: { readonly account: Principal; readonly blocks: number }) {
    this.#account = account;
    this.#blocksPerColumn = Math.max(1, Math.ceil(blocks / MOST_COLUMNS));
  }

  /** What a backtest tells it by. */
  get hooks(): Pick<BacktestInput, 'onEvent' | 'onBlock'> {
    return { onEvent: (market) => this.#event(market), onBlock: (end) => this.#block(end) };
  }

  #event({ next, accounts }: ColumnarMarket): void {
    if (next.kind[0] !== EventKind.tradeBought) return;
    const [price, wh] = [next.price[0] as number, next.amount[0] as number];
    const us = accounts.find(this.#account);
    const column = this.#next;
    if (next.account[0] === us) column.sold = filled(column.sold ?? null, price, wh);
    else if (next.other[0] === us) column.bought = filled(column.bought ?? null, price, wh);
    else column.traded = widened(column.traded ?? null, price);
  }

  #block({ principal, height, profit: exact, position, grid }: BlockEnd): void {
    if (principal !== this.#account) return;
    // Once more, after it was settled.
    if (this.columns.at(-1)?.to === height) this.#next = this.columns.pop() ?? {};
    const profit = Number(exact);
    this.#peak = Math.max(this.#peak, profit);
    const column = this.#next;
    column.from ??= height;
    column.profit = widened(column.profit ?? null, profit);
    column.drawdown = widened(column.drawdown ?? null, profit - this.#peak);
    column.position = widened(column.position ?? null, Number(position));
    column.gridImport = widened(column.gridImport ?? null, grid.import);
    column.gridFeedIn = widened(column.gridFeedIn ?? null, grid.feedIn);
    column.to = height;
    if (height + 1 - column.from >= this.#blocksPerColumn) this.#close();
  }

  #close(): void {
    this.columns.push({ traded: null, bought: null, sold: null, ...this.#next } as TraceColumn);
    this.#next = {};
  }

  /** The columns, the last of which may be narrower. */
  finish(): readonly TraceColumn[] {
    if (this.#next.from !== undefined) this.#close();
    return this.columns;
  }
}
