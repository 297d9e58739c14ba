import { describe, expect, it } from 'vitest';
import { CorruptionError, sequence } from '../../../src/core/index.ts';
import { delegationOf, emptyMarket, evolve } from '../../../src/market/index.ts';
import { alice, bob, carol, createNeighbourhood, delegation, operator, owner } from '../../support/model-market.ts';

describe('evolve', () => {
  it('opens with nothing but an energy price of 100', () => {
    const state = emptyMarket({ owner });
    expect(state).toMatchObject({ sequence: 0, lastTradeId: 0, energyPrice: 100, gridBalance: 0n, totalFunds: 0n });
    expect(state.openOffers).toEqual([]);
  });

  it('refuses an event that is not the next one', () => {
    const { state, events } = createNeighbourhood();
    const last = events.at(-1)!;
    expect(() => evolve(state, last)).toThrow(CorruptionError);
    expect(() => evolve(state, { ...last, sequence: sequence(state.sequence + 2) })).toThrow(/expected event 10, was/);
  });

  it('refuses events that speak of what is not there', () => {
    const market = createNeighbourhood();
    const next = sequence(market.state.sequence + 1);
    market.act(alice, { kind: 'tradeEnergy', amount: 10n, price: 100n });
    const bought = market.act(bob, { kind: 'buyEnergy', tradeId: 1n }).events[0]!;
    const before = createNeighbourhood().state;
    expect(() => evolve(before, { ...bought, sequence: next })).toThrow(/expected trade 1 to be open, was unknown/);
  });

  it('leaves every earlier state as it was', () => {
    const market = createNeighbourhood();
    const before = market.state;
    market.act(alice, { kind: 'tradeEnergy', amount: 10n, price: 100n });
    expect(before.openOffers).toHaveLength(0);
    expect(before.trades.size).toBe(0);
    expect(before.prosumers.get(alice)).toMatchObject({ energy: 1_000, escrowed: 0, openTrades: 0 });
    expect(Object.isFrozen(market.state.openOffers)).toBe(true);
  });

  it('escrows what is listed and moves energy and money when it is bought', () => {
    const market = createNeighbourhood();
    market.act(alice, { kind: 'tradeEnergy', amount: 50n, price: 200n });
    expect(market.state.prosumers.get(alice)).toMatchObject({ energy: 950, escrowed: 50, openTrades: 1 });
    market.act(bob, { kind: 'buyEnergy', tradeId: 1n });
    expect(market.state.prosumers.get(alice)).toMatchObject({
      energy: 950,
      funds: 110_000,
      escrowed: 0,
      openTrades: 0,
    });
    expect(market.state.prosumers.get(bob)).toMatchObject({ energy: 1_050, funds: 90_000 });
    expect(market.state.trades.get(1 as never)).toMatchObject({ status: 'completed', seller: alice, buyer: bob });
    expect(market.state).toMatchObject({ gridBalance: 3_000n, totalFunds: 300_000n, openOffers: [] });
  });

  it('keeps open offers cheapest first, then by id', () => {
    const market = createNeighbourhood();
    for (const price of [120n, 80n, 100n, 80n, 300n]) market.act(alice, { kind: 'tradeEnergy', amount: 10n, price });
    market.act(alice, { kind: 'cancelTrade', tradeId: 3n });
    expect(market.state.openOffers.map(({ price, id }) => [price, id])).toEqual([
      [80, 2],
      [80, 4],
      [120, 1],
      [300, 5],
    ]);
  });

  it('runs a grant down, and gives cancelled energy back to it but not to its successor', () => {
    const market = createNeighbourhood();
    const left = (): number | undefined => delegationOf(market.state, alice, operator)?.energyLeft;
    const list = {
      kind: 'tradeEnergyFor',
      validUntil: 20n,
      openUntil: 20n,
      entries: [{ seller: alice, amount: 100n, price: 90n }],
    } as const;
    market.act(alice, delegation());
    market.act(operator, list);
    market.act(operator, list);
    expect(left()).toBe(300);
    market.act(alice, { kind: 'cancelTrade', tradeId: 1n });
    expect(left()).toBe(400);
    market.act(alice, delegation());
    market.act(carol, { kind: 'cancelTrade', tradeId: 2n }, { height: 21 });
    expect(left()).toBe(500);
    expect(market.state.prosumers.get(alice)).toMatchObject({ energy: 1_000, escrowed: 0, openTrades: 0 });
  });

  it('forgets a revoked delegation', () => {
    const market = createNeighbourhood();
    market.act(alice, delegation());
    market.act(alice, { kind: 'revokeDelegation', operator });
    expect(delegationOf(market.state, alice, operator)).toBeUndefined();
    expect(market.state.lastGrantId).toBe(1);
  });
});
