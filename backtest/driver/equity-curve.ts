import { type Exact, minus, plus } from '../market/exact.ts';

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

export interface EquityCurveOptions {
  /** The tip that trading began at, and the last one of it: later blocks belong to the last period. */
  readonly start: number;
  readonly end: number;
  /** How far apart the points of the curve are. */
  readonly everyBlocks: number;
  readonly periodBlocks: number;
}

/** Follows the profit from block to block, and on to what is left when the account is settled. */
export class EquityCurve {
  readonly #points: EquityPoint[] = [];
  readonly #options: EquityCurveOptions;
  readonly #periods: Exact[] = [];
  #last: Mark;
  #periodStart: Exact = 0;
  #periodEnd: number;
  #peak: Mark;
  #drawdown: { readonly amount: Exact; readonly from: number; readonly to: number };

  constructor(options: EquityCurveOptions) {
    const { start } = options;
    this.#options = options;
    this.#periodEnd = start;
    this.#last = { height: start, profit: 0 };
    this.#peak = this.#last;
    this.#drawdown = { amount: 0, from: start, to: start };
  }

  block(height: number, profit: Exact): void {
    const { start, end, everyBlocks, periodBlocks } = this.#options;
    if ((height - start) % everyBlocks === 0) this.#points.push({ height, profit: BigInt(profit) });
    if ((height - start) % periodBlocks === 0 && height > start && height <= end) {
      this.#periods.push(minus(profit, this.#periodStart));
      this.#periodStart = profit;
      this.#periodEnd = height;
    }
    this.#mark(height, profit);
  }

  #mark(height: number, profit: Exact): void {
    if (profit === this.#last.profit) return;
    this.#last = { height, profit };
    if (profit > this.#peak.profit) this.#peak = this.#last;
    const amount = minus(this.#peak.profit, profit);
    if (amount > this.#drawdown.amount) this.#drawdown = { amount, from: this.#peak.height, to: height };
  }

  /** The account is settled in its last block: the curve ends at the net profit, and what is left of it is of the last period. */
  close(height: number, net: Exact): void {
    this.#mark(height, net);
    if (this.#points.at(-1)?.height === height) this.#points.pop();
    this.#points.push({ height, profit: BigInt(net) });
    const rest = minus(net, this.#periodStart);
    const last = this.#periodEnd === height ? this.#periods.pop() : undefined;
    this.#periods.push(last === undefined ? rest : plus(last, rest));
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
