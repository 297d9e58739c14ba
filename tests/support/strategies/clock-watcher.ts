import { defineStrategy } from 'wattmaker/strategy';

/** Goes by the clock on the wall instead of the view's. */
export default defineStrategy({
  apiVersion: 1,
  name: 'clock-watcher',
  description: 'Buys in this year alone.',
  parameters: {},
  decide({ offers: [cheapest] }) {
    const year = new Date().getFullYear();
    if (cheapest === undefined) return [];
    const { tradeId, amount, price: maxPrice } = cheapest;
    return [{ kind: 'buy', tradeId, amount, maxPrice, reason: `bought in ${year}` }];
  },
});
