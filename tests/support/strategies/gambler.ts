import { defineStrategy } from 'wattmaker/strategy';

/** Tosses a coin that nobody can toss again. */
export default defineStrategy({
  apiVersion: 1,
  name: 'gambler',
  description: 'Buys by chance.',
  parameters: {},
  decide({ offers: [cheapest] }) {
    if (cheapest === undefined || Math.random() < 0.5) return [];
    const { tradeId, amount, price: maxPrice } = cheapest;
    return [{ kind: 'buy', tradeId, amount, maxPrice, reason: 'heads' }];
  },
});
