import type { Opportunities } from '../../backtest/bound/opportunities.ts';

type Settlement = Opportunities['settlements'][number];

/** Where an account stands after a block: what is free, what stands in its offers, its money, and which offers it bought. */
interface State {
  readonly free: number;
  readonly offered: number;
  readonly funds: number;
  readonly bought: number;
}

/**
 * The best profit of an account by trying everything, block by block: every set of offers to buy, every amount to sell to
 * every buyer out of what was on offer before, every amount to have on offer after. For a handful of lots of a few Wh.
 */
export function patientTrader(given: Opportunities, lastBlock: number): number {
  const { supplies, demands, flows, settlements, target, fees } = given;
  const end = settlements.at(-1) as Settlement;
  const known = new Map<string, number>();

  const settle = ({ import: asked, feedIn }: Settlement, free: number): number =>
    free < target ? -(target - free) * asked : (free - target) * feedIn;

  const best = (block: number, state: State): number => {
    if (block > lastBlock) return settle(end, state.free + state.offered);
    const key = `${block} ${Object.values(state).join(' ')}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let most = Number.NEGATIVE_INFINITY;
    for (const [sold, income, offers] of sales(
      demands.filter(({ height }) => height === block),
      state.offered,
    )) {
      for (let bought = 0; bought < 1 << supplies.length; bought += 1) {
        const lots = supplies.filter((_, lot) => (bought >> lot) & 1);
        if (bought & state.bought || lots.some(({ from, until }) => block < from || block > until)) continue;
        const cost = lots.reduce((sum, { amount, price }) => sum + amount * price, 0);
        const mine = flows.filter(({ height }) => height === block);
        const deposits = mine.reduce((sum, flow) => sum + (flow.kind === 'deposit' ? flow.amount : 0), 0);
        const funds = state.funds + deposits + income - cost;
        if (funds < 0) continue;
        const energy = lots.reduce((sum, { amount }) => sum + amount, 0);
        const produced = mine.reduce((sum, flow) => sum + (flow.kind === 'energy' ? flow.amount : 0), 0);
        const held = state.free + state.offered - sold + energy + produced;
        for (let offered = 0; offered <= held; offered += 1) {
          const slot = settlements.slice(0, -1).find(({ height }) => height === block);
          const free = slot === undefined ? held - offered : target;
          const cash =
            income - cost - lots.length * fees.buy - offers * fees.list + (slot ? settle(slot, held - offered) : 0);
          most = Math.max(most, cash + best(block + 1, { free, offered, funds, bought: state.bought | bought }));
        }
      }
    }
    known.set(key, most);
    return most;
  };
  const profit = best(1, { free: given.energy, offered: 0, funds: given.funds, bought: 0 });
  return profit + Number(given.idleCost);
}

/** Every way to serve buyers out of so many Wh: what is sold, what it earns, to how many. */
function* sales(
  [buyer, ...others]: readonly BuyerOf[],
  offered: number,
): Generator<readonly [sold: number, income: number, offers: number]> {
  if (buyer === undefined) {
    yield [0, 0, 0];
    return;
  }
  for (let lot = 0; lot <= Math.min(buyer.amount, offered); lot += 1) {
    for (const [sold, income, offers] of sales(others, offered - lot)) {
      yield [sold + lot, income + lot * buyer.price, offers + (lot > 0 ? 1 : 0)];
    }
  }
}

type BuyerOf = Opportunities['demands'][number];
