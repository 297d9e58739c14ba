import {
  type AccountView,
  defineStrategy,
  height,
  type Intent,
  type MarketView,
  type OwnOfferView,
  price,
  wh,
} from 'wattmaker/strategy';
import { parameters } from './params.ts';
import { type Parameters, type Quotes, quotesOf } from './quotes.ts';

/** Buys what is offered below its bid and lists what it owns at its ask. */
export default defineStrategy({
  apiVersion: 1,
  name: 'market-maker',
  description: 'Buys underpriced offers and lists them again with a spread, quotes skewed by its inventory.',
  parameters,
  decide(view, settings) {
    const quotes = quotesOf(view, settings);
    const cancels = takeBack(view, quotes, settings);
    const buys = buy(view, quotes, settings);
    return [...cancels, ...buys, ...relist(view, quotes, settings)].slice(0, view.limits.intentsLeft);
  },
});

/** Cancels of offers that expired or stand too far from the ask, where that is worth the fees of doing it again. */
function takeBack({ account, feePerEntry }: MarketView, { ask }: Quotes, settings: Parameters): Intent[] {
  const intents: Intent[] = [];
  for (const offer of farFromAsk(account, ask, settings.tolerancePercent)) {
    const { tradeId, amount, price: listed, age, expired, cancelling, cancellable } = offer;
    if (cancelling || !cancellable) continue;
    if (expired) {
      intents.push({ kind: 'cancel', tradeId, amount, reason: 'expired unsold' });
    } else if (ask !== null && age >= settings.minAgeBlocks) {
      const gap = Math.abs(listed - ask);
      if (gap * 100 >= settings.tolerancePercent * listed && gap * amount > 2 * feePerEntry) {
        intents.push({ kind: 'cancel', tradeId, amount, reason: `ask moved from ${listed} to ${ask}` });
      }
    }
  }
  return intents;
}

/**
 * The offers that expired and those beyond the tolerance: |listed − ask| ≥ t · listed, hence listed ≤ ask / (1 + t) or
 * listed ≥ ask / (1 − t); and those less than 1 µSTX within it, whatever the division rounds.
 */
function farFromAsk(account: AccountView, ask: number | null, percent: number): readonly OwnOfferView[] {
  return ask === null
    ? account.offersOutside(0, Number.POSITIVE_INFINITY)
    : account.offersOutside((ask * 100) / (100 + percent) + 1, (ask * 100) / (100 - percent) - 1);
}

/** The lots that gain most below the bid, fee counted, while the inventory has room. */
function buy(view: MarketView, quotes: Quotes, settings: Parameters): Intent[] {
  const { account, limits, feePerEntry } = view;
  let room = Math.min(account.targetWh + settings.inventoryRangeWh - quotes.inventory, limits.energyLeft);
  let budget = limits.spendLeft as number;
  const worthwhile = [];
  for (const offer of view.offersUpTo(quotes.bid, room)) {
    const gain = (quotes.bid - offer.price) * offer.amount - feePerEntry;
    if (gain > 0 && offer.cost <= budget) worthwhile.push({ offer, gain });
  }
  worthwhile.sort((a, b) => b.gain - a.gain || a.offer.tradeId - b.offer.tradeId);

  const intents: Intent[] = [];
  for (const { offer } of worthwhile) {
    if (intents.length === settings.maxLots) break;
    if (offer.amount > room || offer.cost > budget) continue;
    room -= offer.amount;
    budget -= offer.cost;
    intents.push({
      kind: 'buy',
      tradeId: offer.tradeId,
      amount: offer.amount,
      maxPrice: offer.price,
      reason: `under the bid of ${quotes.bid}, fair ${Math.round(quotes.fair)}`,
    });
  }
  return intents;
}

/** Lots of what is in stock, down to the lowest inventory wanted. */
function relist(
  { account, grid, height: tip, limits, feePerEntry }: MarketView,
  quotes: Quotes,
  settings: Parameters,
): Intent[] {
  const { ask } = quotes;
  if (ask === null) return [];
  const lowest = Math.max(account.targetWh - settings.inventoryRangeWh, 0);
  let stock = Math.min(account.freeEnergy - lowest, limits.listLeft);
  const places = Math.min(settings.maxOffers - account.openOfferCount - account.pending.lists, limits.offersLeft);
  const intents: Intent[] = [];
  while (intents.length < places) {
    const amount = Math.min(settings.lotWh, stock);
    // A lot must earn the fees of listing it and of taking it back over what the grid pays anyway.
    if (amount < settings.minLotWh || (ask - grid.feedIn) * amount < 2 * feePerEntry) break;
    stock -= amount;
    intents.push({
      kind: 'list',
      amount: wh(amount),
      price: price(ask),
      openUntil: height(tip + settings.lifeBlocks),
      reason: `ask around fair ${Math.round(quotes.fair)}, inventory ${quotes.inventory} Wh`,
    });
  }
  return intents;
}
