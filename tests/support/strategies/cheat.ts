import { defineStrategy, height, type Intent, price, type TradeId, wh } from 'wattmaker/strategy';

/** Asks for what it was not shown and does not own, and tells what it finds in its environment. */
export default defineStrategy({
  apiVersion: 1,
  name: 'cheat',
  description: 'Asks for what is not its own.',
  parameters: {
    offer: {
      kind: 'integer',
      default: 1,
      min: 1,
      max: 1_000_000,
      unit: '',
      description: 'An offer that is none of its business.',
      optimisable: false,
    },
  },
  decide(view, { offer }) {
    const reason = `environment: ${Object.keys(process.env).join(',') || 'empty'}`;
    const tradeId = offer as TradeId;
    const intents: Intent[] = [
      { kind: 'buy', tradeId, amount: wh(100), maxPrice: price(1_000), reason },
      { kind: 'cancel', tradeId, amount: wh(100), reason },
      {
        kind: 'list',
        amount: wh(view.account.energy + 1),
        price: view.energyPrice,
        openUntil: height(view.height + 10),
        reason,
      },
    ];
    return intents;
  },
});
