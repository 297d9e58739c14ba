import { defineStrategy, height, type Intent, price, wh } from 'wattmaker/strategy';

/** A purchase of the recording that is played. */
export interface Foreseen {
  readonly height: number;
  readonly amount: number;
  readonly price: number;
}

let foreseen: readonly Foreseen[] = [];

/** Tells the soothsayer what is going to be bought, oldest first. */
export function foresee(purchases: readonly Foreseen[]): void {
  foreseen = purchases;
}

/** Lists for the purchases that it knows are coming, at `discount` under what will be paid, and buys what is cheaper. */
export default defineStrategy({
  apiVersion: 1,
  name: 'soothsayer',
  description: 'Knows the recording.',
  parameters: {
    discount: {
      kind: 'integer',
      default: 0,
      min: 0,
      max: 1,
      unit: 'µSTX/Wh',
      description: 'Under the price that a buyer pays.',
      optimisable: false,
    },
  },
  decide({ offers, account, height: tip }, { discount }) {
    const reason = 'foreseen';
    const coming = foreseen.filter(({ height: at }) => at > tip + 3 && at <= tip + 20);
    const held = account.openOffers.reduce((sum, { amount }) => sum + amount, Number(account.energy));
    let wanted = coming.reduce((sum, { amount }) => sum + amount, -held);
    const mean = coming.reduce((sum, { price: paid }) => sum + paid, 0) / Math.max(coming.length, 1);
    const purchases = offers
      .filter(({ price: asked }) => asked < mean - 2)
      .flatMap(({ tradeId, amount, price: asked }): Intent[] => {
        if (amount > wanted) return [];
        wanted -= amount;
        return [{ kind: 'buy', tradeId, amount, maxPrice: asked, reason }];
      });
    let left: number = account.energy;
    const listings = foreseen
      .filter(({ height: at }) => at === tip + 3)
      .flatMap(({ height: at, amount, price: paid }): Intent[] => {
        const lot = Math.min(amount, left);
        if (lot <= 0 || paid <= discount) return [];
        left -= lot;
        return [{ kind: 'list', amount: wh(lot), price: price(paid - discount), openUntil: height(at), reason }];
      });
    return [...purchases, ...listings];
  },
});
