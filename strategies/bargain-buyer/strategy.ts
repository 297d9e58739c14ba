import { defineStrategy, type Intent, type MarketView, mulDivDown, type OfferView } from 'wattmaker/strategy';
import { parameters } from './params.ts';

interface Lot {
  readonly offer: OfferView;
  /** Expected gain over buying from the grid, in µSTX, the fee deducted. */
  readonly gain: number;
}

/** Buys whole lots for a stated need where they beat the grid by enough. */
export default defineStrategy({
  apiVersion: 1,
  name: 'bargain-buyer',
  description: 'Buys whole lots that are far enough under the energy price, for the stated need.',
  parameters,
  decide(view, { discountPercent, successPercent, minGain, overshootPercent, maxLots }) {
    const need = needOf(view);
    const lots = Math.min(maxLots, view.limits.intentsLeft);
    if (need === 0 || lots <= 0) return [];

    const highest = Math.min(
      mulDivDown(view.energyPrice, 100 - discountPercent, 100),
      view.limits.highestBuyPrice,
      view.grid.import,
    );
    const room = Math.min(need + mulDivDown(need, overshootPercent, 100), view.limits.energyLeft);
    const candidates: Lot[] = [];
    for (const offer of view.offersUpTo(highest, room)) {
      if (offer.cost > view.limits.spendLeft) continue;
      const gain = (successPercent / 100) * savingOf(offer, need, view) - view.feePerEntry;
      if (gain >= Math.max(minGain, 1)) candidates.push({ offer, gain });
    }

    const chosen = choose(candidates, { lots, room, budget: view.limits.spendLeft });
    return chosen.map(({ offer, gain }): Intent => {
      const below = Math.floor(((view.energyPrice - offer.price) * 100) / view.energyPrice);
      return {
        kind: 'buy',
        tradeId: offer.tradeId,
        amount: offer.amount,
        maxPrice: offer.price,
        reason: `${below} % under the energy price, saves ${Math.floor(gain)} µSTX`,
      };
    });
  },
});

/** Wh that the account lacks, counting what is on its way to it. */
function needOf({ account }: MarketView): number {
  const coming = account.energy + account.pending.buyWh + account.pending.cancelWh - account.pending.listWh;
  return Math.max(account.targetWh - coming, 0);
}

/** g · min(n, e) + f · (e − n)⁺ − p · e: what a lot of e Wh saves where n are needed. */
function savingOf({ amount, cost }: OfferView, need: number, { grid }: MarketView): number {
  return grid.import * Math.min(need, amount) + grid.feedIn * Math.max(amount - need, 0) - cost;
}

/**
 * A 0-1 knapsack of energy and money, by gain per Wh, or the single best lot where that gains more: with room alone
 * binding, never below half of the optimum, at the cost of one sort.
 */
function choose(
  candidates: readonly Lot[],
  { lots, room, budget }: { readonly lots: number; readonly room: number; readonly budget: number },
): readonly Lot[] {
  const byDensity = candidates.toSorted(
    (a, b) => b.gain / b.offer.amount - a.gain / a.offer.amount || a.offer.tradeId - b.offer.tradeId,
  );
  const chosen: Lot[] = [];
  let energy = 0;
  let cost = 0;
  let gain = 0;
  for (const lot of byDensity) {
    if (chosen.length === lots) break;
    if (energy + lot.offer.amount > room || cost + lot.offer.cost > budget) continue;
    chosen.push(lot);
    energy += lot.offer.amount;
    cost += lot.offer.cost;
    gain += lot.gain;
  }
  const best = byDensity.reduce<Lot | null>((top, lot) => (top === null || lot.gain > top.gain ? lot : top), null);
  return best !== null && best.gain > gain ? [best] : chosen;
}
