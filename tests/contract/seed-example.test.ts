import { describe, expect, it } from 'vitest';
import { reads } from '../../src/contract/index.ts';
import { tradeId } from '../../src/core/index.ts';
import { actors, contractId, epochs, freshGrid } from '../support/simnet.ts';

const { alice, bob } = actors;

describe.each(epochs)('the seed example in epoch %s', (epoch) => {
  it('default: register, report 100 Wh, list 50 at 200, and another registered and funded prosumer buys', async () => {
    const grid = await freshGrid({ epoch });
    grid.must(alice, { kind: 'registerProsumer' });
    grid.must(alice, { kind: 'addEnergy', amount: 100n });
    expect(grid.call(alice, { kind: 'tradeEnergy', amount: 50n, price: 200n }).result).toEqual({ ok: true, value: 1n });
    grid.must(bob, { kind: 'registerProsumer' });
    grid.must(bob, { kind: 'addFunds', amount: 10_000n });
    expect(grid.call(bob, { kind: 'buyEnergy', tradeId: 1n }).result).toEqual({ ok: true, value: true });

    expect(grid.read(reads.prosumerInfo(alice))).toEqual({ energy: 50, funds: 10_000 });
    expect(grid.read(reads.prosumerInfo(bob))).toEqual({ energy: 50, funds: 0 });
    expect(grid.read(reads.tradeInfo(tradeId(1)))).toEqual({
      seller: alice,
      buyer: bob,
      amount: 50,
      price: 200,
      status: 'completed',
    });
    expect(grid.read(reads.gridBalance())).toBe(100n);
    expect(grid.read(reads.energyPrice())).toBe(100);
    expect(grid.balance(contractId)).toBe(10_000n);
  });
});

describe('a new contract', () => {
  it('default: nobody, nothing, an energy price of 100, no event yet', async () => {
    const grid = await freshGrid();
    const market = grid.read(reads.market());
    expect(market).toEqual({
      sequence: 0,
      digest: '0'.repeat(64),
      lastTradeId: 0,
      energyPrice: 100,
      gridBalance: 0n,
      totalFunds: 0n,
      prosumers: 0,
      metersRequired: false,
      height: grid.nextHeight() - 1,
    });
    expect(grid.read(reads.prosumerInfo(alice))).toBeNull();
    expect(grid.read(reads.tradeInfo(tradeId(1)))).toBeNull();
  });
});
