import { describe, expect, it } from 'vitest';
import type { BuyEntry, GridCall, GridErrorName } from '../../../src/contract/index.ts';
import { CorruptionError, type Principal } from '../../../src/core/index.ts';
import {
  alice,
  bob,
  carol,
  createNeighbourhood,
  delegation,
  meter,
  operator,
  owner,
} from '../../support/model-market.ts';
import { testPrincipal } from '../../support/test-principal.ts';

const MAX = 2n ** 53n - 1n;
const HUGE = 2n ** 128n - 1n;
const stranger = testPrincipal(99);

type Case = readonly [what: string, caller: Principal, call: GridCall, error: GridErrorName];

function list(seller: Principal, amount: bigint, price: bigint, openUntil = 50n): GridCall {
  return { kind: 'tradeEnergyFor', validUntil: 50n, openUntil, entries: [{ seller, amount, price }] };
}

function buy(entry: Partial<BuyEntry> = {}): GridCall {
  return {
    kind: 'buyEnergyFor',
    validUntil: 50n,
    entries: [{ buyer: bob, tradeId: 1n, amount: 100n, maxPrice: 100n, ...entry }],
  };
}

describe('decide on an account', () => {
  const market = createNeighbourhood();
  const cases: readonly Case[] = [
    ['registers nobody twice', alice, { kind: 'registerProsumer' }, 'alreadyRegistered'],
    ['asks for registration before the amount', stranger, { kind: 'addEnergy', amount: 0n }, 'notFound'],
    ['adds no zero', alice, { kind: 'addEnergy', amount: 0n }, 'invalidAmount'],
    ['adds nothing beyond 2^53 − 1', alice, { kind: 'addEnergy', amount: HUGE }, 'invalidAmount'],
    ['keeps the energy balance within 2^53 − 1', alice, { kind: 'addEnergy', amount: MAX }, 'balanceCap'],
    ['consumes no more than there is', alice, { kind: 'consumeEnergy', amount: 1_001n }, 'insufficientEnergy'],
    ['takes no funds of zero', alice, { kind: 'addFunds', amount: 0n }, 'invalidAmount'],
    ['keeps the funds within 2^53 − 1', alice, { kind: 'addFunds', amount: MAX }, 'balanceCap'],
    ['pays out no more than there is', alice, { kind: 'withdrawFunds', amount: 100_001n }, 'insufficientFunds'],
    ['leaves the price to the owner', alice, { kind: 'setEnergyPrice', price: 0n }, 'ownerOnly'],
    ['sets no price of zero', owner, { kind: 'setEnergyPrice', price: 0n }, 'invalidPrice'],
    ['leaves the meters to the owner', alice, { kind: 'requireMeters', required: true }, 'ownerOnly'],
    ['assigns meters to prosumers alone', owner, { kind: 'assignMeter', prosumer: stranger, meter }, 'notFound'],
    ['delegates for prosumers alone', stranger, delegation(), 'notFound'],
    ['refuses a delegation to oneself', alice, delegation({ operator: alice }), 'unauthorized'],
    ['bounds the energy limit', alice, delegation({ energyLimit: MAX + 1n, spendLimit: HUGE }), 'invalidAmount'],
    ['bounds the spend limit', alice, delegation({ spendLimit: MAX + 1n }), 'invalidPrice'],
    ['bounds the buy price', alice, delegation({ maxBuyPrice: MAX + 1n }), 'invalidPrice'],
    ['bounds the sell price', alice, delegation({ minSellPrice: MAX + 1n }), 'invalidPrice'],
    ['delegates for the time to come', alice, delegation({ expiresAt: 9n }), 'pastHeight'],
    ['bounds the expiry', alice, delegation({ expiresAt: HUGE }), 'pastHeight'],
    ['revokes what is there', alice, { kind: 'revokeDelegation', operator }, 'unauthorized'],
  ];
  it.each(cases)('%s', (_what, caller, call, error) => {
    expect(market.ask(caller, call)).toEqual({ ok: false, error });
  });

  it('moves no µSTX that the caller does not own', () => {
    const call: GridCall = { kind: 'addFunds', amount: 5n };
    expect(market.ask(alice, call, { callerBalance: 4n })).toEqual({ ok: false, error: 'transferInsufficientBalance' });
    expect(market.ask(alice, call, { callerBalance: 5n }).ok).toBe(true);
  });

  it('numbers grants over the whole contract', () => {
    const scene = createNeighbourhood();
    expect(scene.act(alice, delegation()).result).toBe(1);
    expect(scene.act(bob, delegation()).result).toBe(2);
  });
});

describe('decide on meters', () => {
  const market = createNeighbourhood();
  market.act(bob, { kind: 'tradeEnergy', amount: 10n, price: 1n });
  market.act(owner, { kind: 'requireMeters', required: true });
  market.act(owner, { kind: 'assignMeter', prosumer: alice, meter });
  const reading = { kind: 'recordReading', prosumer: alice, readingId: 1n, produced: 0n, consumed: 0n } as const;

  it.each<Case>([
    ['ends self-reporting', alice, { kind: 'addEnergy', amount: 0n }, 'unauthorized'],
    ['ends self-reported consumption', alice, { kind: 'consumeEnergy', amount: 1n }, 'unauthorized'],
    ['lists nothing of a seller without one', bob, { kind: 'tradeEnergy', amount: 1n, price: 1n }, 'unauthorized'],
    ['sells nothing of a seller without one', alice, { kind: 'buyEnergy', tradeId: 1n }, 'unauthorized'],
    ['hears only the assigned one', bob, reading, 'unauthorized'],
    ['reads for prosumers alone', meter, { ...reading, prosumer: stranger }, 'notFound'],
    ['counts a reading once', meter, { ...reading, readingId: 0n }, 'invalidAmount'],
    ['bounds reading ids', meter, { ...reading, readingId: MAX + 1n }, 'invalidAmount'],
    ['bounds what is produced', meter, { ...reading, produced: HUGE }, 'invalidAmount'],
    ['bounds what is consumed', meter, { ...reading, consumed: HUGE }, 'invalidAmount'],
    ['keeps the balance below the cap', meter, { ...reading, produced: MAX }, 'balanceCap'],
  ])('%s', (_what, caller, call, error) => {
    expect(market.ask(caller, call)).toEqual({ ok: false, error });
  });

  it('takes a reading below zero, down to −(2^53 − 1)', () => {
    expect(market.ask(meter, { ...reading, consumed: MAX })).toMatchObject({
      ok: true,
      events: [{ energyBalance: 1_000 - Number(MAX) }],
    });
    const scene = createNeighbourhood();
    scene.act(owner, { kind: 'assignMeter', prosumer: alice, meter });
    scene.act(meter, { ...reading, consumed: 1_001n });
    expect(scene.state.prosumers.get(alice)?.energy).toBe(-1);
    expect(scene.state.gridBalance).toBe(1_999n);
    expect(scene.ask(meter, { ...reading, readingId: 2n, consumed: MAX })).toEqual({ ok: false, error: 'balanceCap' });
    expect(scene.ask(meter, reading)).toEqual({ ok: false, error: 'invalidAmount' });
  });
});

describe('decide on trades', () => {
  const market = createNeighbourhood();
  market.act(alice, list(alice, 100n, 100n, 20n));
  market.act(
    bob,
    delegation({ spendLimit: 10_000n, energyLimit: 100n, maxBuyPrice: 100n, minSellPrice: 100n, expiresAt: 30n }),
  );

  it.each<Case>([
    ['lists for prosumers alone', stranger, { kind: 'tradeEnergy', amount: 0n, price: 0n }, 'notFound'],
    ['lists no zero', alice, { kind: 'tradeEnergy', amount: 0n, price: 0n }, 'invalidAmount'],
    ['gives nothing away', alice, { kind: 'tradeEnergy', amount: 1n, price: 0n }, 'invalidPrice'],
    ['bounds the cost', alice, { kind: 'tradeEnergy', amount: MAX, price: 2n }, 'invalidPrice'],
    ['multiplies beyond 64 bits', alice, { kind: 'tradeEnergy', amount: MAX, price: MAX }, 'invalidPrice'],
    ['lists no more than there is', alice, { kind: 'tradeEnergy', amount: 901n, price: 1n }, 'insufficientEnergy'],
    ['buys for prosumers alone', stranger, { kind: 'buyEnergy', tradeId: 9n }, 'notFound'],
    ['buys what exists', bob, { kind: 'buyEnergy', tradeId: 9n }, 'tradeNotFound'],
    ['knows no id of 128 bits', bob, { kind: 'buyEnergy', tradeId: HUGE }, 'tradeNotFound'],
    ['buys from others', alice, { kind: 'buyEnergy', tradeId: 1n }, 'selfTrade'],
    ['cancels what exists', alice, { kind: 'cancelTrade', tradeId: HUGE }, 'tradeNotFound'],
    ['cancels for the seller and the lister', bob, { kind: 'cancelTrade', tradeId: 1n }, 'unauthorized'],
  ])('%s', (_what, caller, call, error) => {
    expect(market.ask(caller, call)).toEqual({ ok: false, error });
  });

  it.each<Case>([
    ['acts for nobody without a delegation', operator, list(alice, 1n, 1n), 'unauthorized'],
    ['asks for the right before the amount', operator, list(alice, 0n, 1n), 'unauthorized'],
    ['sells at no lower price than allowed', operator, list(bob, 101n, 99n), 'priceLimit'],
    ['sells no more than allowed', operator, list(bob, 101n, 100n), 'energyLimit'],
    ['buys another amount than meant', operator, buy({ amount: 99n }), 'termsDiffer'],
    ['buys at a higher price than meant', operator, buy({ maxPrice: 99n }), 'termsDiffer'],
    [
      'cancels for another seller than meant',
      alice,
      { kind: 'cancelTradeFor', validUntil: 50n, entries: [{ seller: bob, tradeId: 1n }] },
      'termsDiffer',
    ],
  ])('refuses an entry that %s', (_what, caller, call, error) => {
    expect(market.ask(caller, call)).toEqual({ ok: true, events: [], result: [{ ok: false, error }] });
  });

  it('holds heights inclusively', () => {
    expect(market.ask(carol, { kind: 'buyEnergy', tradeId: 1n }, { height: 20 }).ok).toBe(true);
    expect(market.ask(carol, { kind: 'buyEnergy', tradeId: 1n }, { height: 21 })).toEqual({
      ok: false,
      error: 'pastHeight',
    });
    expect(market.ask(carol, { kind: 'cancelTrade', tradeId: 1n }, { height: 20 })).toEqual({
      ok: false,
      error: 'unauthorized',
    });
    expect(market.ask(carol, { kind: 'cancelTrade', tradeId: 1n }, { height: 21 }).ok).toBe(true);
    expect(market.ask(operator, list(bob, 1n, 100n), { height: 30 })).toMatchObject({ result: [{ ok: true }] });
    expect(market.ask(operator, list(bob, 1n, 100n), { height: 31 })).toMatchObject({
      result: [{ error: 'delegationExpired' }],
    });
    expect(market.ask(operator, buy(), { height: 51 })).toEqual({ ok: false, error: 'pastHeight' });
    expect(market.ask(alice, list(alice, 1n, 1n, 9n))).toEqual({ ok: false, error: 'pastHeight' });
    expect(market.ask(alice, list(alice, 1n, 1n, HUGE))).toEqual({ ok: false, error: 'pastHeight' });
  });

  it('lets each entry see what the ones before it did, and a failing one change nothing', () => {
    const scene = createNeighbourhood();
    scene.act(alice, { kind: 'tradeEnergy', amount: 100n, price: 100n });
    scene.act(alice, { kind: 'tradeEnergy', amount: 50n, price: 101n });
    scene.act(bob, delegation({ spendLimit: 10_001n, maxBuyPrice: 101n }));
    const entry = { buyer: bob, tradeId: 1n, amount: 100n, maxPrice: 200n };
    const decision = scene.act(operator, {
      kind: 'buyEnergyFor',
      validUntil: 10n,
      entries: [entry, entry, { ...entry, tradeId: 2n, amount: 50n }],
    });
    expect(decision.result).toEqual([
      { ok: true, value: 10_000 },
      { ok: false, error: 'tradeNotOpen' },
      { ok: false, error: 'spendLimit' },
    ]);
    expect(decision.events).toHaveLength(1);
    expect(decision.events[0]).toMatchObject({ grant: { id: 1, spendLeft: 1 } });
  });

  it('allows a hundred open offers', () => {
    const scene = createNeighbourhood();
    const entries = Array.from({ length: 100 }, () => ({ seller: alice, amount: 1n, price: 1n }));
    scene.act(alice, { kind: 'tradeEnergyFor', validUntil: 10n, openUntil: 10n, entries });
    expect(scene.ask(alice, { kind: 'tradeEnergy', amount: 1n, price: 1n })).toEqual({
      ok: false,
      error: 'tooManyOpenTrades',
    });
    expect(() =>
      scene.ask(alice, { kind: 'tradeEnergyFor', validUntil: 10n, openUntil: 10n, entries: [...entries, ...entries] }),
    ).toThrow(CorruptionError);
  });

  it('checks the buyer’s funds and both caps last', () => {
    const scene = createNeighbourhood();
    scene.act(alice, { kind: 'tradeEnergy', amount: 1_000n, price: 101n });
    scene.act(alice, { kind: 'addEnergy', amount: 1n });
    scene.act(alice, { kind: 'tradeEnergy', amount: 1n, price: 1n });
    expect(scene.ask(bob, { kind: 'buyEnergy', tradeId: 1n })).toEqual({ ok: false, error: 'insufficientFunds' });
    scene.act(bob, { kind: 'addEnergy', amount: MAX - 1_000n });
    expect(scene.ask(bob, { kind: 'buyEnergy', tradeId: 2n })).toEqual({ ok: false, error: 'balanceCap' });
    scene.act(alice, { kind: 'addFunds', amount: MAX - 100_000n });
    expect(scene.ask(carol, { kind: 'buyEnergy', tradeId: 2n })).toEqual({ ok: false, error: 'balanceCap' });
  });
});
