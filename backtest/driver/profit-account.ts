import { CorruptionError } from '../../src/core/index.ts';
import type { GridPrices } from '../../src/trading/index.ts';
import { type Exact, exact, minus, plus, times } from '../market/exact.ts';

/** What made up a profit, in µSTX. The parts sum exactly to `net`. */
export interface Profit {
  readonly net: bigint;
  /** Σ over fills of (mark − price) × Wh bought and (price − mark) × Wh sold. */
  readonly spread: bigint;
  /** Σ over changes of the mark of (change × Wh held beyond what an idle account would hold). */
  readonly inventory: bigint;
  /** Network fees, negative. */
  readonly fees: bigint;
  /** Σ over what the grid took or gave, beyond the idle account's, of its price's distance from the mark, negative. */
  readonly grid: bigint;
}

/** The middle of the grid's prices, rounded down: what a Wh is held to be worth between trades. */
export const markOf = (grid: GridPrices): number => Math.floor((grid.import + grid.feedIn) / 2);

/** Energy that the grid took from an account or gave to it, in Wh. */
export interface GridFlow {
  readonly imported: bigint;
  readonly exported: bigint;
}

/**
 * The profit of an account over an idle one that had the same energy and funds at first, the same production, consumption,
 * deposits and withdrawals, and traded with the grid alone. All in integers: the parts are kept apart from the cash, and
 * `close` checks that they come to the same.
 */
export class ProfitAccount {
  #mark: number;
  #grid: GridPrices;
  /** Wh beyond what the idle account holds. */
  #position: Exact = 0;
  #cash: Exact = 0;
  #spread: Exact = 0;
  #inventory: Exact = 0;
  #fees: Exact = 0;
  #gridPart: Exact = 0;
  /** Free energy of the idle account. */
  #idleEnergy: Exact;
  #idleCash: Exact = 0;
  #imported: Exact = 0;
  #exported: Exact = 0;

  constructor(grid: GridPrices, energy: number) {
    this.#grid = grid;
    this.#mark = markOf(grid);
    this.#idleEnergy = energy;
  }

  /** Wh held beyond what the idle account holds. */
  get position(): Exact {
    return this.#position;
  }

  get flow(): GridFlow {
    return { imported: BigInt(this.#imported), exported: BigInt(this.#exported) };
  }

  /** What the idle account has paid to the grid so far, less what it was paid: the baseline "grid only". */
  get idleCost(): bigint {
    return -BigInt(this.#idleCash);
  }

  reprice(grid: GridPrices): void {
    const mark = markOf(grid);
    this.#grid = grid;
    this.#inventory = plus(this.#inventory, times(this.#position, mark - this.#mark));
    this.#mark = mark;
  }

  bought(amount: number, price: number): void {
    const cost = times(amount, price);
    this.#cash = minus(this.#cash, cost);
    this.#spread = plus(this.#spread, minus(times(this.#mark, amount), cost));
    this.#position = plus(this.#position, amount);
  }

  sold(amount: number, price: number): void {
    const income = times(amount, price);
    this.#cash = plus(this.#cash, income);
    this.#spread = plus(this.#spread, minus(income, times(this.#mark, amount)));
    this.#position = minus(this.#position, amount);
  }

  paidFee(fee: number): void {
    this.#cash = minus(this.#cash, fee);
    this.#fees = minus(this.#fees, fee);
  }

  /** Production less consumption, which the idle account has as well. */
  produced(change: number): void {
    this.#idleEnergy = plus(this.#idleEnergy, change);
  }

  /** The account takes Wh from the grid, or gives where negative. */
  fromGrid(wh: bigint): void {
    const amount = exact(wh);
    const { cash, part } = this.#trade(amount);
    this.#cash = plus(this.#cash, cash);
    this.#gridPart = plus(this.#gridPart, part);
    this.#position = plus(this.#position, amount);
    if (amount > 0) this.#imported = plus(this.#imported, amount);
    else this.#exported = minus(this.#exported, amount);
  }

  /** The idle account trades with the grid until it holds `target` Wh. */
  settleIdle(target: bigint): void {
    const amount = minus(exact(target), this.#idleEnergy);
    const { cash, part } = this.#trade(amount);
    this.#idleEnergy = exact(target);
    this.#idleCash = plus(this.#idleCash, cash);
    this.#gridPart = minus(this.#gridPart, part);
    this.#position = minus(this.#position, amount);
  }

  #trade(amount: Exact): { readonly cash: Exact; readonly part: Exact } {
    const cash = minus(0, times(amount, amount > 0 ? this.#grid.import : this.#grid.feedIn));
    return { cash, part: plus(cash, times(amount, this.#mark)) };
  }

  /** Profit so far, what is held valued at the mark. */
  get running(): Exact {
    return plus(plus(this.#spread, this.#inventory), plus(this.#fees, this.#gridPart));
  }

  /**
   * The profit, once account and idle account hold the same.
   *
   * @throws CorruptionError where they do not, or where the parts are not what the cash is.
   */
  close(): Profit {
    if (this.#position !== 0) throw new CorruptionError(`expected no energy left over, was ${this.#position} Wh`);
    const net = BigInt(minus(this.#cash, this.#idleCash));
    const parts = [this.#spread, this.#inventory, this.#fees, this.#gridPart].map(BigInt);
    const [spread = 0n, inventory = 0n, fees = 0n, grid = 0n] = parts;
    if (net !== spread + inventory + fees + grid) {
      throw new CorruptionError(`expected the parts of the profit to sum to ${net} µSTX, was ${this.running}`);
    }
    return { net, spread, inventory, fees, grid };
  }
}
