import { clamp, defineParameters, defineStrategy, height, type Intent, price, wh } from 'wattmaker/strategy';

/**
 * Lists, takes back and buys without reason but often, so that there is always something under way. What it does is a
 * function of the view alone, and no two of its listings are alike: amount, price and height name one among thousands.
 */
export default defineStrategy({
  apiVersion: 1,
  name: 'restless',
  description: 'Lists, takes back and buys a little with every block, for tests by faults.',
  parameters: defineParameters({
    buys: {
      kind: 'integer',
      default: 0,
      min: 0,
      max: 10,
      unit: 'offers',
      description: 'Bought a turn.',
      optimisable: false,
    },
    lists: {
      kind: 'integer',
      default: 0,
      min: 0,
      max: 10,
      unit: 'offers',
      description: 'Listed a turn.',
      optimisable: false,
    },
  }),
  decide({ account, height: tip, offers, limits, turn }, { buys, lists }) {
    const draw = numbersFrom([
      tip,
      turn,
      account.energy,
      account.funds,
      account.pending.listWh,
      account.pending.buyCost,
    ]);
    const intents: Intent[] = offers.slice(0, draw() % (buys + 1)).map((offer) => ({
      kind: 'buy',
      tradeId: offer.tradeId,
      amount: offer.amount,
      maxPrice: offer.price,
      reason: 'restless',
    }));
    for (const { tradeId, amount, age, cancelling, cancellable } of account.openOffers) {
      if (!cancellable || cancelling || age < 3 || draw() % 4 !== 0) continue;
      intents.push({ kind: 'cancel', tradeId, amount, reason: 'restless' });
    }
    for (let left = Math.min(draw() % (lists + 1), limits.offersLeft); left > 0; left -= 1) {
      const asked = clamp(60 + (draw() % 60), limits.lowestListPrice, limits.highestListPrice);
      intents.push({
        kind: 'list',
        amount: wh(1 + (draw() % 1_000_000)),
        price: price(asked),
        openUntil: height(tip + 10 + (draw() % 50)),
        reason: 'restless',
      });
    }
    return intents;
  },
});

/** Numbers that follow from others, as good as random: Marsaglia's xorshift32 over an FNV-1a hash. */
function numbersFrom(seeds: readonly number[]): () => number {
  let state = seeds.reduce((hash, seed) => Math.imul(hash ^ (seed % 0x7fffffff), 16_777_619) >>> 0, 2_166_136_261) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state;
  };
}
