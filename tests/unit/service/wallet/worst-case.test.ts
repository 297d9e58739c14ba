import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { worstCase } from '../../../../src/service/wallet/index.ts';
import { fuzzParameters } from '../../../support/fuzz.ts';

const terms = {
  spendLimit: 1_000_000n,
  energyLimit: 2_000n,
  maxBuyPrice: 125n,
  minSellPrice: 80n,
  funds: 500_000n,
  energyPrice: 100n,
  metersRequired: true,
};

describe('the worst that an operator can do', () => {
  it('is the part of the spend above the fair price, and the part of the sale below it', () => {
    expect(worstCase(terms)).toEqual({ buying: 200_000n, buyingNow: 100_000n, selling: 40_000n });
  });

  it('is all of the spend where energy is self-reported', () => {
    expect(worstCase({ ...terms, metersRequired: false })).toMatchObject({ buying: 1_000_000n, buyingNow: 500_000n });
  });

  it('is nothing within fair limits, and where nothing can be bought', () => {
    expect(worstCase({ ...terms, maxBuyPrice: 100n, minSellPrice: 100n })).toEqual({
      buying: 0n,
      buyingNow: 0n,
      selling: 0n,
    });
    expect(worstCase({ ...terms, maxBuyPrice: 0n, metersRequired: false })).toMatchObject({ buying: 0n });
  });

  it('property: no purchases within the limits lose more than the bound', () => {
    const price = fc.bigInt(1n, 500n);
    const purchase = fc.record({ amount: fc.bigInt(1n, 2_000n), price });
    fc.assert(
      fc.property(
        fc.array(purchase),
        price,
        price,
        fc.bigInt(0n, 1_000_000n),
        (purchases, maxBuyPrice, energyPrice, spendLimit) => {
          let left = spendLimit;
          let lost = 0n;
          for (const { amount, price: paid } of purchases) {
            if (paid > maxBuyPrice || amount * paid > left) continue;
            left -= amount * paid;
            lost += amount * (paid - energyPrice);
          }
          expect(lost <= worstCase({ ...terms, spendLimit, maxBuyPrice, energyPrice }).buying).toBe(true);
        },
      ),
      fuzzParameters('worst case', { runs: 200 }),
    );
  });
});
