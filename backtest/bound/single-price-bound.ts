import type { Opportunities } from './opportunities.ts';

/** Something that pays when a Wh is worth more, or less, than `price`: up to `amount` Wh of it, less a fee. */
interface Deal {
  readonly side: 1 | -1;
  readonly price: number;
  readonly amount: number;
  readonly fee: number;
}

/**
 * What no trading exceeds, in one pass and without a solver: the profit if energy and money could be moved through time at
 * will. By Lagrangian duality every price λ at which a Wh changes hands gives a bound, the sum over all deals of the most
 * that each can make against λ; the sum is convex in λ, and the least is taken. λ is no less than any feed-in price, since
 * the grid takes without end.
 */
export function singlePriceBound(opportunities: Opportunities): bigint {
  const { supplies, demands, crowd, flows, settlements, energy, target, fees, idleCost, debt } = opportunities;
  const deals: Deal[] = [
    ...supplies.map(({ price, amount }): Deal => ({ side: 1, price, amount, fee: fees.buy })),
    ...demands.map(({ price, amount }): Deal => ({ side: -1, price, amount, fee: fees.list })),
  ];
  let surplus = energy - target;
  let dip = debt;
  let next = 0;
  /** The grid gives up to the target and what readings took below zero, at each settlement. */
  const settleBelow = (height: number): void => {
    for (; next < settlements.length && (settlements[next]?.height as number) < height; next += 1) {
      const { import: price } = settlements[next] as (typeof settlements)[number];
      deals.push({ side: 1, price, amount: target + dip, fee: 0 });
      dip = 0;
    }
  };
  for (const flow of flows) {
    settleBelow(flow.height);
    if (flow.kind === 'energy') {
      surplus += flow.amount;
      dip = Math.max(0, dip - flow.amount);
    } else if (flow.kind === 'consumption') {
      surplus -= flow.amount;
      deals.push({ side: 1, price: flow.import, amount: flow.amount + dip, fee: 0 });
      dip = 0;
    }
  }
  settleBelow(Number.POSITIVE_INFINITY);

  // The crowd pays no fees: which of its lots would be worth one is not known.
  const crowded = [
    ...[...(crowd?.supplied ?? [])].map(([price, wh]) => ({ side: 1, price, wh })),
    ...[...(crowd?.demanded ?? [])].map(([price, wh]) => ({ side: -1, price, wh })),
  ];

  const gainAt = (worth: number): number => {
    let sum = worth * surplus;
    for (const { side, price, amount, fee } of deals) sum += Math.max(0, side * (worth - price) * amount - fee);
    for (const { side, price, wh } of crowded) sum += Math.max(0, side * (worth - price)) * Number(wh);
    return sum;
  };
  const exactAt = (worth: number): bigint => {
    let sum = BigInt(worth) * BigInt(surplus) + idleCost;
    for (const { side, price, amount, fee } of deals) {
      const gain = BigInt(side * (worth - price)) * BigInt(amount) - BigInt(fee);
      if (gain > 0n) sum += gain;
    }
    for (const { side, price, wh } of crowded) sum += BigInt(Math.max(0, side * (worth - price))) * wh;
    return sum;
  };

  let low = settlements.reduce((most, { feedIn }) => Math.max(most, feedIn), 0);
  let high = [...deals, ...crowded].reduce((most, { price }) => Math.max(most, price), low);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (gainAt(middle) <= gainAt(middle + 1)) high = middle;
    else low = middle + 1;
  }
  return exactAt(low);
}
