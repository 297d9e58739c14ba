import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FeeTable } from '../../../../backtest/driver/fee-table.ts';
import type { BatchCall } from '../../../../src/contract/index.ts';
import { microStx, type Principal } from '../../../../src/core/index.ts';
import { feeFor } from '../../../../src/execution/fee.ts';
import { fuzzParameters } from '../../../support/fuzz.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const who = fc.integer({ min: 1, max: 4 }).map((number) => {
  const name = testPrincipal(number);
  return (number > 2 ? `${name}.${'x'.repeat(number * 5)}` : name) as Principal;
});
const uint = fc.bigInt(0n, 2n ** 64n);
const entries = (entry: Record<string, fc.Arbitrary<unknown>>) => fc.array(fc.record(entry), { maxLength: 20 });

const batch = fc.oneof(
  fc.record({
    kind: fc.constant('buyEnergyFor'),
    validUntil: uint,
    entries: entries({ buyer: who, tradeId: uint, amount: uint, maxPrice: uint }),
  }),
  fc.record({
    kind: fc.constant('tradeEnergyFor'),
    validUntil: uint,
    openUntil: uint,
    entries: entries({ seller: who, amount: uint, price: uint }),
  }),
  fc.record({
    kind: fc.constant('cancelTradeFor'),
    validUntil: uint,
    entries: entries({ seller: who, tradeId: uint }),
  }),
) as unknown as fc.Arbitrary<BatchCall>;

describe('the fees of a backtest', () => {
  it('property: are those that execution offers, whatever was asked before', () => {
    const policy = { ratePerByte: 1.3, floor: microStx(300), cap: microStx(1_500) };
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (calls) => {
        const fees = new FeeTable(policy);
        for (const call of calls) {
          const accounts = call.entries.map((entry) => ('buyer' in entry ? entry.buyer : entry.seller));
          expect(fees.of(call.kind, accounts)).toBe(feeFor(call, policy));
        }
      }),
      fuzzParameters('fees of a backtest', { runs: 100 }) as never,
    );
  });
});
