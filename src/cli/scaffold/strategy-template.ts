/** The files of a new strategy by their names: small, but one that trades and has a test. */
export function strategyTemplate(name: string): Readonly<Record<string, string>> {
  return {
    'README.md': `# ${name}

Buys the cheapest offer once it is far enough under the energy price, and lists nothing.

## Idea

An offer at price p is worth buying while the energy price P says that energy costs more: when
p ≤ P · (1 − discountPercent / 100), rounded down.

## Parameters

| parameter | default | range | unit | meaning |
| --- | --- | --- | --- | --- |
| discountPercent | 10 | 0 to 100 | % | How far below the energy price an offer must be. |
`,
    'params.ts': `import { defineParameters } from 'wattmaker/strategy';

export const parameters = defineParameters({
  discountPercent: {
    kind: 'integer',
    default: 10,
    min: 0,
    max: 100,
    unit: '%',
    description: 'How far below the energy price an offer must be.',
    optimisable: true,
  },
});
`,
    'strategy.ts': `import { defineStrategy, mulDivDown } from 'wattmaker/strategy';
import { parameters } from './params.ts';

export default defineStrategy({
  apiVersion: 1,
  name: '${name}',
  description: 'Buys the cheapest offer that is far enough under the energy price.',
  parameters,
  decide(view, { discountPercent }) {
    const highest = mulDivDown(view.energyPrice, 100 - discountPercent, 100);
    const cheapest = view.bestOffer;
    if (cheapest === null || cheapest.price > highest || cheapest.cost > view.limits.spendLeft) return [];
    const { tradeId, amount, price } = cheapest;
    return [{ kind: 'buy', tradeId, amount, maxPrice: price, reason: \`under \${highest} µSTX per Wh\` }];
  },
});
`,
    'index.ts': `export { default } from './strategy.ts';
`,
    'strategy.test.ts': `import { describe, expect, it } from 'vitest';
import { exampleView } from 'wattmaker/strategy';
import strategy from './strategy.ts';

const parameters = { discountPercent: 10 };

describe('${name}', () => {
  it('buys an offer that is far enough under the energy price', () => {
    const view = exampleView({ energyPrice: 100, offers: [{ amount: 500, price: 90 }] });
    expect(strategy.decide(view, parameters)).toMatchObject([{ kind: 'buy', tradeId: 1, amount: 500, maxPrice: 90 }]);
  });

  it('leaves an offer that is not', () => {
    const view = exampleView({ energyPrice: 100, offers: [{ amount: 500, price: 91 }] });
    expect(strategy.decide(view, parameters)).toEqual([]);
  });
});
`,
  };
}
