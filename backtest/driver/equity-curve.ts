import { type Exact, minus } from '../market/exact.ts';

/** A profit at the end of a block, what is held valued at the mark. */
export interface EquityPoint {
  readonly height: number;
  readonly profit: bigint;
}

/** The largest fall of the profit from a height it had reached, in µSTX. */
export interface Drawdown {
  readonly amount: bigint;
  /** Where it had stood highest, and where it was lowest after that. */
  readonly from: number;
  readonly to: number;
}

/** Figures of the profit by period; null where there are too few periods to say anything. */
export interface Periods {
  readonly count: number;
  readonly gains: number;
  readonly losses: number;
  /** Gains of the winning periods by losses of the losing ones. */
  readonly profitFactor: number | null;
  /** Mean profit of a period, in µSTX. */
  readonly expectancy: number | null;
  /** Mean by standard deviation (n − 1) of a period's profit, not annualised. */
  readonly sharpe: number | null;
  /** Mean by the root of the mean square of the losing periods' profit over all periods, not annualised. */
  readonly sortino: number | null;
}

/** Fewer periods than this make no Sharpe or Sortino ratio. */
export const MIN_PERIODS = 20;

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;

/** A point while it may still be replaced. */
interface Mark {
  readonly height: number;
  readonly profit: Exact;
}

/** Follows the profit from block to block. */
export class EquityCurve {
  readonly #points: EquityPoint[] = [];
  readonly #everyBlocks: number;
  readonly #periodBlocks: number;
  readonly #periods: Exact[] = [];
  #start: number;
  #last: Mark;
  #periodStart: Exact = 0;
  #peak: Mark;
  #drawdown: { readonly amount: Exact; readonly from: number; readonly to: number };

  /** @param options.everyBlocks how far apart the points of the curve are. */
  constructor(options: { readonly start: number; readonly everyBlocks: number; readonly periodBlocks: number }) {
    const { start, everyBlocks, periodBlocks } = options;
    this.#start = start;
    this.#everyBlocks = everyBlocks;
    this.#periodBlocks = periodBlocks;
    this.#last = { height: start, profit: 0 };
    this.#peak = this.#last;
    this.#drawdown = { amount: 0, from: start, to: start };
  }

  block(height: number, profit: Exact): void {
    if ((height - this.#start) % this.#everyBlocks === 0) this.#points.push({ height, profit: BigInt(profit) });
    if ((height - this.#start) % this.#periodBlocks === 0 && height > this.#start) {
      this.#periods.push(minus(profit, this.#periodStart));
      this.#periodStart = profit;
    }
    if (profit === this.#last.profit) return;
    this.#last = { height, profit };
    if (profit > this.#peak.profit) this.#peak = this.#last;
    const amount = minus(this.#peak.profit, profit);
    if (amount > this.#drawdown.amount) this.#drawdown = { amount, from: this.#peak.height, to: height };
  }

  get points(): readonly EquityPoint[] {
    return this.#points;
  }

  get drawdown(): Drawdown {
    return { ...this.#drawdown, amount: BigInt(this.#drawdown.amount) };
  }

  periods(): Periods {
    const profits = this.#periods.map(Number);
    const count = profits.length;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const [gains, losses] = [profits.filter((value) => value > 0), profits.filter((value) => value < 0)];
    const mean = count === 0 ? 0 : sum(profits) / count;
    const deviation = Math.sqrt(sum(profits.map((value) => (value - mean) ** 2)) / Math.max(count - 1, 1));
    const downside = Math.sqrt(sum(losses.map((value) => value ** 2)) / Math.max(count, 1));
    const enough = count >= MIN_PERIODS;
    return {
      count,
      gains: gains.length,
      losses: losses.length,
      profitFactor: losses.length === 0 ? null : rounded(sum(gains) / -sum(losses)),
      expectancy: count === 0 ? null : rounded(mean),
      sharpe: enough && deviation > 0 ? rounded(mean / deviation) : null,
      sortino: enough && downside > 0 ? rounded(mean / downside) : null,
    };
  }
}
