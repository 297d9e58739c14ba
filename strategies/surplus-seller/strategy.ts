import {
  clamp,
  defineStrategy,
  height,
  type Intent,
  type MarketView,
  mulDivUp,
  type OwnOfferView,
  type ParametersOf,
  price,
  wh,
} from 'wattmaker/strategy';
import { parameters } from './params.ts';

type Parameters = ParametersOf<typeof parameters>;

/** Lists whole lots of surplus at a price that declines through each slot, and takes back what no longer fits. */
export default defineStrategy({
  apiVersion: 1,
  name: 'surplus-seller',
  description: 'Lists energy above a reserve in lots, at a price that declines until a buyer takes it.',
  parameters,
  decide(view, settings) {
    const until = slotEnd(view.height, settings);
    const wanted = priceAt(until - view.height, view, settings);
    const cancels = takeBack(view, settings);
    const intents = [...cancels, ...list(view, { wanted, until, cancels: cancels.length }, settings)];
    return intents.slice(0, view.limits.intentsLeft);
  },
});

/** The last height of the slot that an offer listed now is for: the current one, or the next where too little is left. */
function slotEnd(tip: number, { slotBlocks, minAgeBlocks }: Parameters): number {
  const end = (Math.floor(tip / slotBlocks) + 1) * slotBlocks;
  return end - tip < Math.max(minAgeBlocks, 2) ? end + slotBlocks : end;
}

/**
 * The posted price for one unit with `left` blocks to go, f + D (2 + L) / (4 + L), rounded down; within what the fees
 * of a listing and its cancel need at least, the import price and the limits. Null where these leave no price.
 */
function priceAt(left: number, view: MarketView, { slotBlocks, buyersPerSlot, lotWh }: Parameters): number | null {
  const { grid, limits, feePerEntry } = view;
  const buyers = (buyersPerSlot * Math.min(left, slotBlocks)) / slotBlocks;
  const posted = Math.floor(grid.feedIn + ((grid.import - grid.feedIn) * (2 + buyers)) / (4 + buyers));
  const lowest = Math.max(grid.feedIn + mulDivUp(2 * feePerEntry, 1, lotWh), limits.lowestListPrice, 1);
  const highest = Math.min(grid.import, limits.highestListPrice);
  return lowest > highest ? null : clamp(posted, lowest, highest);
}

/** Cancels of offers that expired, that the account needs back, or whose price is too far off. */
function takeBack(view: MarketView, settings: Parameters): Intent[] {
  const { account, feePerEntry } = view;
  const cancel = ({ tradeId, amount }: OwnOfferView, reason: string): Intent => ({
    kind: 'cancel',
    tradeId,
    amount,
    reason,
  });
  const intents: Intent[] = [];
  let lacking =
    account.targetWh + settings.reserveWh - (account.freeEnergy + account.pending.buyWh + account.pending.cancelWh);
  for (const offer of account.openOffers.toReversed()) {
    if (offer.cancelling || !offer.cancellable) continue;
    if (offer.expired) {
      intents.push(cancel(offer, 'expired unsold'));
      lacking -= offer.amount;
    } else if (lacking > 0) {
      intents.push(cancel(offer, `the account lacks ${lacking} Wh`));
      lacking -= offer.amount;
    } else if (offer.age >= settings.minAgeBlocks) {
      const until = offer.openUntil ?? slotEnd(view.height, settings);
      const wanted = priceAt(until - view.height, view, settings);
      if (wanted === null) continue;
      const gap = Math.abs(offer.price - wanted);
      const far = gap * 100 >= settings.repricePercent * offer.price;
      // Taking back and listing again costs two fees, which the change must be worth.
      if (far && gap * offer.amount > 2 * feePerEntry) {
        intents.push(cancel(offer, `wanted price moved from ${offer.price} to ${wanted}`));
      }
    }
  }
  return intents;
}

/** Whole lots of what is above need and reserve. */
function list(
  { account, limits }: MarketView,
  { wanted, until, cancels }: { readonly wanted: number | null; readonly until: number; readonly cancels: number },
  { reserveWh, lotWh, maxOffers }: Parameters,
): Intent[] {
  if (wanted === null) return [];
  const surplus = Math.min(account.freeEnergy - account.targetWh - reserveWh, limits.listLeft);
  const offers = Math.min(
    Math.floor(surplus / lotWh),
    maxOffers - account.openOffers.length - account.pending.lists,
    limits.offersLeft,
    limits.intentsLeft - cancels,
  );
  return Array.from({ length: Math.max(offers, 0) }, () => ({
    kind: 'list',
    amount: wh(lotWh),
    price: price(wanted),
    openUntil: height(until),
    reason: `surplus of ${surplus} Wh`,
  }));
}
