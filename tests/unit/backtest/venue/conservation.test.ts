import { describe, expect, it } from 'vitest';
import { AccountIndex } from '../../../../backtest/data/accounts.ts';
import { type ColumnarMarket, columnarMarket } from '../../../../backtest/market/columnar-market.ts';
import { decideListing, decidePurchase } from '../../../../backtest/market/decide-trade.ts';
import { ANY, OK } from '../../../../backtest/market/rules.ts';
import { applyConserving, assertConserved } from '../../../../backtest/venue/conservation.ts';
import { alice, bob, createNeighbourhood } from '../../../support/model-market.ts';

const HEIGHT = 20;

/** A neighbourhood in columns, with a purchase decided and not applied: 100 Wh of Alice at 50 for Bob. */
function decided(): ColumnarMarket {
  const market = columnarMarket(createNeighbourhood().state, new AccountIndex());
  const [seller, buyer] = [market.accounts.numberOf(alice), market.accounts.numberOf(bob)];
  const listing = { seller, amount: 100, price: 50, openUntil: HEIGHT };
  expect(decideListing(market, listing, seller, HEIGHT)).toBe(OK);
  applyConserving(market);
  const purchase = { buyer, trade: market.lastTrade, amount: ANY, maxPrice: 0 };
  expect(decidePurchase(market, purchase, buyer, HEIGHT)).toBe(OK);
  return market;
}

describe('conservation', () => {
  it('default: a trade moves energy and money, and neither comes from nowhere', () => {
    const market = decided();
    applyConserving(market);
    assertConserved(market);
    expect(market.funds[market.accounts.numberOf(alice)]).toBe(105_000);
  });

  it.each([
    { column: 'buyerFunds', by: 1, says: 'was 0 Wh and 1 µSTX' },
    { column: 'funds', by: -1, says: 'was 0 Wh and -1 µSTX' },
    { column: 'buyerEnergy', by: 1, says: 'was 1 Wh and 0 µSTX' },
    { column: 'energy', by: -5, says: 'was -5 Wh and 0 µSTX' },
  ] as const)('error: an event whose $column is off by $by', ({ column, by, says }) => {
    const market = decided();
    market.next[column][0] = (market.next[column][0] as number) + by;
    expect(() => applyConserving(market)).toThrow(says);
  });

  it.each(['funds', 'energy', 'escrowed'] as const)('error: %s that changed without an event', (column) => {
    const market = decided();
    market[column][market.accounts.numberOf(alice)] = 7;
    expect(() => assertConserved(market)).toThrow('in all after event');
  });
});
