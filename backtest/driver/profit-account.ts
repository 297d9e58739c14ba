import { CorruptionError } from '../../src/core/index.ts';
import type { GridPrices } from '../../src/trading/index.ts';

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
  #position = 0n;
  #cash = 0n;
  #spread = 0n;
  #inventory = 0n;
  #fees = 0n;
  #gridPart = 0n;
  /** Free energy of the idle account. */
  #idleEnergy: bigint;
  #idleCash = 0n;
  #imported = 0n;
  #exported = 0n;
  /** Null after a change of a part. */
  #running: bigint | null = null;

  constructor(grid: GridPrices, energy: number) {
    this.#grid = grid;
    this.#mark = markOf(grid);
    this.#idleEnergy = BigInt(energy);
  }

  /** Wh held beyond what the idle account holds. */
  get position(): bigint {
    return this.#position;
  }

  get flow(): GridFlow {
    return { imported: this.#imported, exported: this.#exported };
  }

  /** What the idle account has paid to the grid so far, less what it was paid: the baseline "grid only". */
  get idleCost(): bigint {
    return -this.#idleCash;
  }

  reprice(grid: GridPrices): void {
    this.#running = null;
    const mark = markOf(grid);
    this.#grid = grid;
    this.#inventory += this.#position * BigInt(mark - this.#mark);
    this.#mark = mark;
  }

  bought(amount: number, price: number): void {
    this.#running = null;
    const [energy, cost] = [BigInt(amount), BigInt(amount) * BigInt(price)];
    this.#cash -= cost;
    this.#spread += BigInt(this.#mark) * energy - cost;
    this.#position += energy;
  }

  sold(amount: number, price: number): void {
    this.#running = null;
    const [energy, income] = [BigInt(amount), BigInt(amount) * BigInt(price)];
    this.#cash += income;
    this.#spread += income - BigInt(this.#mark) * energy;
    this.#position -= energy;
  }

  paidFee(fee: number): void {
    this.#running = null;
    this.#cash -= BigInt(fee);
    this.#fees -= BigInt(fee);
  }

  /** Production less consumption, which the idle account has as well. */
  produced(change: number): void {
    this.#idleEnergy += BigInt(change);
  }

  /** The account takes Wh from the grid, or gives where negative. */
  fromGrid(amount: bigint): void {
    this.#running = null;
    const edge = this.#trade(amount);
    this.#cash += edge.cash;
    this.#gridPart += edge.part;
    this.#position += amount;
    if (amount > 0n) this.#imported += amount;
    else this.#exported -= amount;
  }

  /** The idle account trades with the grid until it holds `target` Wh. */
  settleIdle(target: bigint): void {
    this.#running = null;
    const amount = target - this.#idleEnergy;
    const edge = this.#trade(amount);
    this.#idleEnergy = target;
    this.#idleCash += edge.cash;
    this.#gridPart -= edge.part;
    this.#position -= amount;
  }

  #trade(amount: bigint): { readonly cash: bigint; readonly part: bigint } {
    const price = amount > 0n ? this.#grid.import : this.#grid.feedIn;
    const cash = -amount * BigInt(price);
    return { cash, part: cash + amount * BigInt(this.#mark) };
  }

  /** Profit so far, what is held valued at the mark. */
  get running(): bigint {
    this.#running ??= this.#spread + this.#inventory + this.#fees + this.#gridPart;
    return this.#running;
  }

  /**
   * The profit, once account and idle account hold the same.
   *
   * @throws CorruptionError where they do not, or where the parts are not what the cash is.
   */
  close(): Profit {
    if (this.#position !== 0n) throw new CorruptionError(`expected no energy left over, was ${this.#position} Wh`);
    const net = this.#cash - this.#idleCash;
    if (net !== this.running) {
      throw new CorruptionError(`expected the parts of the profit to sum to ${net} µSTX, was ${this.running}`);
    }
    const [spread, inventory, fees, grid] = [this.#spread, this.#inventory, this.#fees, this.#gridPart];
    return { net, spread, inventory, fees, grid };
  }
}
