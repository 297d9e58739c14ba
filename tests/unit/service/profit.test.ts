import { describe, expect, it } from 'vitest';
import { costOf, microStx, price, wh } from '../../../src/core/index.ts';
import type { Fill } from '../../../src/execution/index.ts';
import { type PricedFill, profit } from '../../../src/service/report/profit.ts';

const grid = { import: price(100), feedIn: price(40) };

function fill(side: Fill['side'], amount: number, at: number): PricedFill {
  return { grid, fill: { side, energy: wh(amount), cost: costOf(wh(amount), price(at)) } };
}

describe('profit', () => {
  it('default: what trading saved and earned against the grid, less the fees', () => {
    expect(profit([], { feesPaid: microStx(700) })).toBe(-700);
    expect(profit([fill('bought', 500, 80)], { feesPaid: microStx(0) })).toBe(500 * (100 - 80));
    expect(profit([fill('sold', 500, 80)], { feesPaid: microStx(0) })).toBe(500 * (80 - 40));
  });

  it("behavior: a market-maker's round trip counts on both sides", () => {
    const trip = [fill('bought', 500, 73), fill('sold', 500, 89)];
    expect(profit(trip, { feesPaid: microStx(700) })).toBe(500 * (100 - 73 + 89 - 40) - 700);
  });

  it('behavior: a trade between accounts of ours counts once for each, whatever its price', () => {
    expect(profit([fill('own', 500, 80)], { feesPaid: microStx(0) })).toBe(500 * (100 - 40));
  });

  it('behavior: buying above the import price is a loss', () => {
    expect(profit([fill('bought', 500, 120)], { feesPaid: microStx(0) })).toBe(-10_000);
  });
});
