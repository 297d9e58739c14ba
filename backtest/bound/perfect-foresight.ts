import { foresightProgram } from './foresight-program.ts';
import { dualBound, type Solver } from './linear-program.ts';
import { type BoundInput, type Opportunities, opportunitiesOf, type Supply } from './opportunities.ts';
import { singlePriceBound } from './single-price-bound.ts';

/** The most profit that perfect knowledge of a recording could have made for an account. */
export interface ForesightBound {
  readonly microStx: bigint;
  /**
   * How it was found, from tight to loose: `whole lots` is the best plan itself (but for what is generous by design: offers
   * that carry energy over a settlement cost nothing, and readings may take from an account what was listed before); `search` the solver's proof where it left
   * off looking for that; `divisible lots` the same market with lots that can be split; `single price` one without time and
   * money.
   */
  readonly method: 'whole lots' | 'search' | 'divisible lots' | 'single price';
}

/** How large a market each method is asked about, in variables for the solver, and how far the search goes. */
export interface BoundLimits {
  readonly whole: number;
  readonly divisible: number;
  readonly nodes: number;
}

const LIMITS: BoundLimits = { whole: 1_000, divisible: 60_000, nodes: 200 };

/**
 * Bounds the profit of an account on a recording, under every fill model and every strategy: others act as recorded, ours
 * comes first in its block, and is bought at the very price that a recorded buyer paid. Risk limits are not counted.
 *
 * @throws ConfigError where the grid would pay more for a Wh than it asks.
 */
export const perfectForesight = (input: BoundInput, solve: Solver, limits?: BoundLimits): ForesightBound =>
  boundOf(opportunitiesOf(input), solve, limits);

/** Bounds what can be made of opportunities, by the tightest method that they are not too many for. */
export function boundOf(all: Opportunities, solve: Solver, limits: BoundLimits = LIMITS): ForesightBound {
  const opportunities = { ...all, supplies: worthwhile(all) };
  const { supplies, demands, crowd } = opportunities;
  const found = (microStx: bigint, method: ForesightBound['method']): ForesightBound => ({ microStx, method });
  const lots = supplies.length + 2 * demands.length + 3 * all.settlements.length;
  const size = crowd === null ? lots : Number.POSITIVE_INFINITY;
  if (size <= limits.whole) {
    const { program, profitOf, constant, unit, precise } = foresightProgram(opportunities, { whole: true });
    const solved = precise && program.columns.length <= limits.whole ? solve(program, limits.nodes) : null;
    if (solved?.optimal) return found(profitOf(solved.values) + constant, 'whole lots');
    if (solved !== null) return found(above(solved.bound * unit) + constant, 'search');
  }
  if (size <= limits.divisible) {
    const { program, constant, unit } = foresightProgram(opportunities, { whole: false });
    const multipliers = solve(program, limits.nodes)?.multipliers;
    if (multipliers) return found(above(dualBound(program, multipliers) * unit) + constant, 'divisible lots');
  }
  return found(singlePriceBound(opportunities), 'single price');
}

/** What floating-point sums may have lost, as a share. */
const ROUNDING = 1e-9;

const above = (value: number): bigint => BigInt(Math.ceil(value + Math.abs(value) * ROUNDING));

/** Offers below the most that a Wh can come to after their first block; nobody gains by the others. */
function worthwhile({ supplies, demands, flows, settlements, fees }: Opportunities): readonly Supply[] {
  const worth = [
    ...demands.map(({ height, price }) => ({ height, price })),
    ...settlements.map(({ height, import: price }) => ({ height: height + 1, price })),
    ...flows.flatMap((flow) => (flow.kind === 'consumption' ? [{ height: flow.height + 1, price: flow.import }] : [])),
  ].sort((a, b) => b.height - a.height);
  let next = 0;
  let most = 0;
  return [...supplies]
    .sort((a, b) => b.from - a.from)
    .filter(({ from, amount, price }) => {
      for (; next < worth.length && (worth[next]?.height as number) > from; next += 1) {
        most = Math.max(most, worth[next]?.price as number);
      }
      return amount * (most - price) > fees.buy;
    })
    .reverse();
}
