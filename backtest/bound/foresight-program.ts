import { LinearProgram, type Term } from './linear-program.ts';
import type { Demand, Flow, Opportunities, Settlement, Supply } from './opportunities.ts';

export interface ForesightProgram {
  readonly program: LinearProgram;
  /** µSTX in a unit of money of the program, so that its coefficients are near 1. */
  readonly unit: number;
  /** What the program leaves out of the profit, in µSTX. */
  readonly constant: bigint;
  /** Whether its numbers are small enough for a solution to be exact to the µSTX. */
  readonly precise: boolean;
  /** The profit in µSTX that rounded values of the variables come to, without the constant. */
  readonly profitOf: (values: Float64Array) => bigint;
}

export interface ProgramOptions {
  /**
   * Whether lots are bought whole, each at the one of its blocks that serves best. Else they are divisible, and their
   * energy is there from the first of those blocks while their price is due in the last: less than what must be kept.
   */
  readonly whole: boolean;
}

/** Solvers keep rows to some 10⁻⁹ of their numbers. */
const MOST_PRECISE = 2 ** 40;
/** Solutions that differ by less than 10⁻⁷ units of money are the same to a solver: a µSTX must be more. */
const DEAREST_PRECISE = 10 ** 6;

/** What can happen in a block, as terms of the program. */
interface Moment {
  readonly bought: Term[];
  readonly paid: Term[];
  readonly sold: Term[];
  readonly earned: Term[];
  readonly flows: Flow[];
  settlement: Settlement | null;
}

/**
 * The best trading of an account as a program. Energy held is what is free and what stands in open offers together:
 *
 * - held(t) = held(t−1) + bought − sold + produced − consumed, plus what the grid gives for a consumption that lacks it;
 * - sold(t) ≤ held(t−1) + dip(t−1): an offer must have been listed, out of energy that was there. `dip` is how far readings
 *   may have pushed the free energy below zero since it was last listed from;
 * - a settlement brings free energy to the target; `kept`, between 0 and held + dip, stays in open offers;
 * - funds ≥ 0 after each block.
 */
export function foresightProgram(opportunities: Opportunities, { whole }: ProgramOptions): ForesightProgram {
  return new Builder(opportunities, whole).build();
}

class Builder {
  readonly #given: Opportunities;
  readonly #whole: boolean;
  readonly #program = new LinearProgram();
  /** µSTX that a unit of each variable adds, in the order of columns. */
  readonly #microStx: number[] = [];
  readonly #moments = new Map<number, Moment>();
  readonly #unit: number;
  readonly #mostEnergy: number;
  readonly #mostFunds: number;
  /** Whether it could pay for everything at once: then money decides nothing, and energy comes in whole Wh by itself. */
  readonly #rich: boolean;

  constructor(given: Opportunities, whole: boolean) {
    this.#given = given;
    this.#whole = whole;
    const { supplies, demands, flows, settlements } = given;
    const all = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
      items.reduce((sum, item) => sum + of(item), 0);
    this.#unit = Math.max(1, ...settlements.map(({ import: asked }) => asked));
    this.#mostEnergy =
      Math.abs(given.energy) +
      given.target * settlements.length +
      all(supplies, ({ amount }) => amount) +
      3 * all(flows, (flow) => (flow.kind === 'deposit' ? 0 : Math.abs(flow.amount))) +
      given.debt;
    this.#rich = given.funds >= all(supplies, ({ amount, price }) => amount * price);
    this.#mostFunds =
      given.funds +
      all(flows, (flow) => (flow.kind === 'deposit' ? flow.amount : 0)) +
      all(demands, ({ amount, price }) => amount * price);
  }

  build(): ForesightProgram {
    const { supplies, demands, flows, settlements, idleCost } = this.#given;
    const heights = demands.map(({ height }) => height);
    for (const supply of supplies) this.#buy(supply, heights);
    for (const demand of demands) this.#sell(demand);
    for (const flow of flows) this.#moment(flow.height).flows.push(flow);
    for (const settlement of settlements.slice(0, -1)) this.#moment(settlement.height).settlement = settlement;
    this.#chain();
    const gains = this.#microStx;
    return {
      program: this.#program,
      unit: this.#unit,
      constant: idleCost,
      precise:
        Math.max(this.#mostEnergy, this.#rich ? 0 : this.#mostFunds) <= MOST_PRECISE && this.#unit <= DEAREST_PRECISE,
      profitOf: (values) =>
        gains.reduce((sum, gain, column) => sum + BigInt(gain) * BigInt(Math.round(values[column] as number)), 0n),
    };
  }

  #column(microStx: number, upper: number, options: { lower?: number; integer?: boolean } = {}): number {
    this.#microStx.push(microStx);
    return this.#program.column({ gain: microStx / this.#unit, upper, ...options });
  }

  #moment(height: number): Moment {
    const known = this.#moments.get(height);
    if (known !== undefined) return known;
    const moment = { bought: [], paid: [], sold: [], earned: [], flows: [], settlement: null };
    this.#moments.set(height, moment);
    return moment;
  }

  #buy({ amount, price, from, until }: Supply, sales: readonly number[]): void {
    const cost = amount * price;
    const gain = -cost - this.#given.fees.buy;
    if (this.#rich || !this.#whole) {
      const column = this.#column(gain, 1, { integer: this.#whole });
      this.#moment(from).bought.push([column, amount]);
      if (!this.#rich) this.#moment(until).paid.push([column, cost / this.#unit]);
      return;
    }
    // Waiting serves only to have money, which comes with sales and deposits.
    const deposits = this.#given.flows.filter(({ kind }) => kind === 'deposit').map(({ height }) => height);
    const later = [...sales, ...deposits].filter((height) => height > from && height <= until);
    const choices = [...new Set([from, ...later])].map((height): Term => {
      const column = this.#column(gain, 1, { integer: true });
      this.#moment(height).bought.push([column, amount]);
      this.#moment(height).paid.push([column, cost / this.#unit]);
      return [column, 1];
    });
    if (choices.length > 1) this.#program.row({ lower: 0, upper: 1, terms: choices });
  }

  #sell({ amount, price, height }: Demand): void {
    const { list } = this.#given.fees;
    const moment = this.#moment(height);
    if (!this.#whole) {
      // The fee of an offer, spread over the most that it can sell.
      const share = this.#column(amount * price - list, 1);
      moment.sold.push([share, amount]);
      moment.earned.push([share, (amount * price) / this.#unit]);
      return;
    }
    const energy = this.#column(price, amount, { integer: !this.#rich });
    moment.sold.push([energy, 1]);
    moment.earned.push([energy, price / this.#unit]);
    if (list === 0) return;
    const offer = this.#column(-list, 1, { integer: true });
    const terms: readonly Term[] = [
      [energy, 1],
      [offer, -amount],
    ];
    this.#program.row({ lower: -amount, upper: 0, terms });
  }

  /** Ties the moments together, oldest first. */
  #chain(): void {
    const { energy, funds, target, settlements } = this.#given;
    let held: Sum = { terms: [], constant: energy };
    let money: Sum = { terms: [], constant: funds / this.#unit };
    let dip = this.#given.debt;
    /** What stands in open offers after a settlement, and after which block. */
    let kept: { readonly column: number; readonly height: number } | null = null;
    for (const [height, moment] of [...this.#moments].sort(([a], [b]) => a - b)) {
      if (moment.sold.length > 0) {
        // Right after a settlement nothing can have been listed anew.
        const listed: Sum = kept?.height === height - 1 ? { terms: [[kept.column, 1]], constant: 0 } : held;
        this.#atMost(moment.sold, plus(listed, dip));
      }
      const befell = this.#befall(moment.flows, dip);
      dip = befell.dip;
      const changes = [...moment.bought, ...moment.sold.map(negative), ...befell.given];
      if (changes.length > 0 || befell.energy !== 0) {
        held = this.#state(held, { changes, amount: befell.energy }, { lower: -dip, upper: this.#mostEnergy });
      }
      const payments = [...moment.earned, ...moment.paid.map(negative)];
      if (moment.paid.length > 0) {
        money = this.#state(
          money,
          { changes: payments, amount: befell.deposits },
          { lower: 0, upper: this.#mostFunds },
        );
      } else {
        money = { terms: [...money.terms, ...payments], constant: money.constant + befell.deposits };
      }
      if (moment.settlement !== null) {
        const column = this.#column(0, this.#mostEnergy);
        this.#atMost([[column, 1]], plus(held, dip));
        this.#settle(
          moment.settlement,
          { terms: [[column, 1], ...held.terms.map(negative)], constant: target - held.constant },
          dip,
        );
        held = { terms: [[column, 1]], constant: target };
        kept = { column, height };
        dip = 0;
      }
    }
    const end = settlements.at(-1);
    if (end !== undefined)
      this.#settle(end, { terms: held.terms.map(negative), constant: target - held.constant }, dip);
  }

  /** What the flows of a block come to. */
  #befall(flows: readonly Flow[], before: number) {
    let [dip, energy, deposits] = [before, 0, 0];
    const given: Term[] = [];
    for (const flow of flows) {
      switch (flow.kind) {
        case 'energy':
          dip = Math.max(0, dip - flow.amount);
          energy += flow.amount;
          break;
        case 'consumption':
          given.push([this.#column(-flow.import, flow.amount + dip), 1]);
          energy -= flow.amount;
          dip = 0;
          break;
        case 'deposit':
          deposits += flow.amount / this.#unit;
          break;
      }
    }
    return { dip, energy, deposits, given };
  }

  /** A new variable: what a sum is after changes. */
  #state(
    before: Sum,
    { changes, amount }: { readonly changes: readonly Term[]; readonly amount: number },
    bounds: { readonly lower: number; readonly upper: number },
  ): Sum {
    const column = this.#column(0, bounds.upper, { lower: bounds.lower });
    const constant = before.constant + amount;
    const terms: readonly Term[] = [[column, 1], ...before.terms.map(negative), ...changes.map(negative)];
    this.#program.row({ lower: constant, upper: constant, terms });
    return { terms: [[column, 1]], constant: 0 };
  }

  #atMost(terms: readonly Term[], { terms: others, constant }: Sum): void {
    this.#program.row({ lower: Number.NEGATIVE_INFINITY, upper: constant, terms: [...terms, ...others.map(negative)] });
  }

  /** The grid gives `amount`, or takes it where negative. */
  #settle({ import: asked, feedIn }: Settlement, amount: Sum, dip: number): void {
    const imported = this.#column(-asked, this.#given.target + dip);
    const exported = this.#column(feedIn, this.#mostEnergy);
    const terms: readonly Term[] = [[imported, 1], [exported, -1], ...amount.terms.map(negative)];
    this.#program.row({ lower: amount.constant, upper: amount.constant, terms });
  }
}

interface Sum {
  readonly terms: readonly Term[];
  readonly constant: number;
}

const negative = ([column, coefficient]: Term): Term => [column, -coefficient];
const plus = ({ terms, constant }: Sum, amount: number): Sum => ({ terms, constant: constant + amount });
