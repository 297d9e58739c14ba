import { defineStrategy, height, type Intent, price, wh } from 'wattmaker/strategy';
import { seededRandom } from '../../../src/core/index.ts';

/** Does something at random in most turns, sensible or not; the same for the same seed and turn. */
export default defineStrategy({
  apiVersion: 1,
  name: 'random-trader',
  description: 'Trades at random.',
  parameters: {
    seed: {
      kind: 'integer',
      default: 1,
      min: 0,
      max: 1_000_000,
      unit: '',
      description: 'Decides what it does.',
      optimisable: false,
    },
  },
  decide({ turn, offers, account, height: tip }, { seed }) {
    const random = seededRandom(seed * 1_000_003 + turn);
    const intents: Intent[] = [];
    const reason = 'at random';
    for (const { tradeId, amount, price: asked } of offers) {
      if (random.integer(0, 3) === 0) intents.push({ kind: 'buy', tradeId, amount, maxPrice: asked, reason });
    }
    for (const { tradeId, amount } of account.openOffers) {
      if (random.integer(0, 5) === 0) intents.push({ kind: 'cancel', tradeId, amount, reason });
    }
    for (let lots = random.integer(0, 2); lots > 0; lots -= 1) {
      intents.push({
        kind: 'list',
        amount: wh(random.integer(1, 60)),
        price: price(random.integer(20, 180)),
        openUntil: height(tip + random.integer(2, 12)),
        reason,
      });
    }
    return intents;
  },
});
