import { defineStrategy, height, type Intent, type MarketView, price, wh } from 'wattmaker/strategy';

/** Buys the cheapest offer, or lists so much for so many blocks. */
export type Step = { readonly kind: 'buy' } | { readonly kind: 'list'; amount: number; price: number; life: number };

/** What to do at which tip. */
export type Script = Readonly<Record<number, Step | readonly Step[]>>;

let script: Script = {};

/** The parameters of a script; the script itself stays here, since parameters are numbers and words. */
export function scriptOf(written: Script): Record<string, never> {
  script = written;
  return {};
}

function intentOf(step: Step, { offers: [cheapest], height: tip }: MarketView): readonly Intent[] {
  const reason = 'as written';
  if (step.kind === 'list') {
    const { amount, price: asked, life } = step;
    return [{ kind: 'list', amount: wh(amount), price: price(asked), openUntil: height(tip + life), reason }];
  }
  if (cheapest === undefined) return [];
  return [{ kind: 'buy', tradeId: cheapest.tradeId, amount: cheapest.amount, maxPrice: cheapest.price, reason }];
}

/** Does what a script says. */
export default defineStrategy({
  apiVersion: 1,
  name: 'scripted',
  description: 'Does what a script says.',
  parameters: {},
  decide: (view) => [script[view.height] ?? []].flat().flatMap((step) => intentOf(step, view)),
});
