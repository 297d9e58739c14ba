import { beforeEach, describe, expect, it } from 'vitest';
import { type DelegationRecord, reads } from '../../src/contract/index.ts';
import { tradeId } from '../../src/core/index.ts';
import { actors, freshGrid, type Grid } from '../support/simnet.ts';

const { alice, bob, operator, rival } = actors;
const FAR = 10_000n;
const terms = {
  kind: 'delegateTrading',
  operator,
  spendLimit: 1_000n,
  energyLimit: 100n,
  maxBuyPrice: 20n,
  minSellPrice: 5n,
  expiresAt: 500n,
} as const;
const listing = { kind: 'tradeOneFor', seller: alice, amount: 60n, price: 10n, openUntil: FAR } as const;

let grid: Grid;
beforeEach(async () => {
  grid = await freshGrid();
  for (const who of [alice, bob]) {
    grid.must(who, { kind: 'registerProsumer' });
    grid.must(who, { kind: 'addEnergy', amount: 1_000n });
    grid.must(who, { kind: 'addFunds', amount: 100_000n });
  }
  grid.must(alice, terms);
});

const grant = (): DelegationRecord | null => grid.read(reads.delegation({ prosumer: alice, operator }));

describe('delegation', () => {
  it('default: grants are numbered over all prosumers, and a new one starts from its own limits', () => {
    expect(grant()).toEqual({
      grantId: 1,
      spendLeft: 1_000,
      energyLeft: 100,
      maxBuyPrice: 20,
      minSellPrice: 5,
      expiresAt: 500,
    });
    expect(grid.call(bob, terms).result).toEqual({ ok: true, value: 2n });
    grid.must(operator, listing);
    expect(grid.call(alice, { ...terms, energyLimit: 7n }).result).toEqual({ ok: true, value: 3n });
    expect(grant()).toMatchObject({ grantId: 3, energyLeft: 7 });
  });

  it('behavior: what is spent runs the spend limit down to exactly zero, over many calls', () => {
    for (let id = 1n; id <= 3n; id += 1n) grid.must(bob, { kind: 'tradeEnergy', amount: 25n, price: 20n });
    const buy = { kind: 'buyOneFor', buyer: alice, amount: 25n, maxPrice: 20n } as const;
    grid.must(operator, { ...buy, tradeId: 1n });
    expect(grant()).toMatchObject({ spendLeft: 500, energyLeft: 100 });
    grid.must(operator, { ...buy, tradeId: 2n });
    expect(grant()).toMatchObject({ spendLeft: 0 });
    expect(grid.call(operator, { ...buy, tradeId: 3n }).result).toMatchObject({ ok: false, error: 'spendLimit' });
    expect(grid.read(reads.prosumerInfo(alice))).toEqual({ energy: 1_050, funds: 99_000 });
  });

  it('behavior: energy counts as sold plus on offer; a cancel by anyone gives it back to the grant', () => {
    grid.must(operator, listing);
    expect(grant()).toMatchObject({ energyLeft: 40 });
    expect(grid.call(operator, listing).result).toMatchObject({ ok: false, error: 'energyLimit' });
    grid.must(operator, { kind: 'cancelOneFor', seller: alice, tradeId: 1n });
    expect(grant()).toMatchObject({ energyLeft: 100 });
    grid.must(operator, listing);
    grid.must(alice, { kind: 'cancelTrade', tradeId: 2n });
    expect(grant()).toMatchObject({ energyLeft: 100 });
    grid.must(operator, listing);
    grid.must(bob, { kind: 'buyEnergy', tradeId: 3n });
    expect(grant()).toMatchObject({ energyLeft: 40 });
  });

  it('behavior: a cancel gives nothing back to a later grant, nor to a revoked one', () => {
    grid.must(operator, listing);
    grid.must(alice, terms);
    expect(grid.must(alice, { kind: 'cancelTrade', tradeId: 1n })).toMatchObject([{ grant: null }]);
    expect(grant()).toMatchObject({ grantId: 2, energyLeft: 100 });
    grid.must(operator, listing);
    grid.must(alice, { kind: 'revokeDelegation', operator });
    expect(grid.must(operator, { kind: 'cancelTrade', tradeId: 2n })).toMatchObject([{ grant: null }]);
    expect(grant()).toBeNull();
    expect(grid.read(reads.prosumerInfo(alice))).toMatchObject({ energy: 1_000 });
  });

  it('behavior: the last height is inclusive', () => {
    grid.mineUntilNextHeightIs(500);
    grid.must(operator, { ...listing, amount: 10n });
    expect(grid.call(operator, { ...listing, amount: 10n }).result).toMatchObject({ error: 'delegationExpired' });
    grid.must(operator, { kind: 'cancelTrade', tradeId: 1n });
  });

  it('behavior: revoking ends the right at once and leaves open offers standing', () => {
    grid.must(operator, listing);
    grid.must(alice, { kind: 'revokeDelegation', operator });
    expect(grid.call(operator, listing).result).toMatchObject({ error: 'unauthorized' });
    expect(grid.read(reads.tradeInfo(tradeId(1)))).toMatchObject({ status: 'open' });
    grid.must(bob, { kind: 'buyEnergy', tradeId: 1n });
  });

  it('behavior: an operator cancels only what it listed itself', () => {
    grid.must(alice, { ...terms, operator: rival });
    grid.must(rival, listing);
    grid.must(alice, { kind: 'tradeEnergy', amount: 1n, price: 1n });
    for (const id of [1n, 2n]) {
      expect(grid.call(operator, { kind: 'cancelTrade', tradeId: id }).result).toMatchObject({ error: 'unauthorized' });
    }
  });

  it('behavior: limits may be zero, the operator unregistered, and the exact limits are still within', () => {
    grid.must(alice, { ...terms, spendLimit: 0n, energyLimit: 60n, maxBuyPrice: 0n, minSellPrice: 10n });
    grid.must(operator, listing);
    expect(grant()).toMatchObject({ energyLeft: 0 });
  });
});

describe('an offer with an expiry', () => {
  it('behavior: is bought up to and at its height; afterwards anyone cancels it and the energy goes home', () => {
    const until = grid.nextHeight() + 10;
    grid.must(operator, { ...listing, amount: 30n, openUntil: BigInt(until) });
    grid.must(operator, { ...listing, amount: 20n, openUntil: BigInt(until) });
    grid.mineUntilNextHeightIs(until);
    grid.must(bob, { kind: 'buyEnergy', tradeId: 1n });
    expect(grid.call(bob, { kind: 'buyEnergy', tradeId: 2n }).result).toMatchObject({ error: 'pastHeight' });
    grid.must(rival, { kind: 'cancelTrade', tradeId: 2n });
    expect(grid.read(reads.prosumer(alice))).toMatchObject({ energy: 970, escrowed: 0, openTrades: 0 });
    expect(grant()).toMatchObject({ energyLeft: 70 });
  });

  it('behavior: none can cancel for others at its last height, and an offer without expiry never passes', () => {
    const until = grid.nextHeight() + 5;
    grid.must(operator, { ...listing, amount: 30n, openUntil: BigInt(until) });
    grid.must(alice, { kind: 'tradeEnergy', amount: 1n, price: 1n });
    grid.mineUntilNextHeightIs(until);
    expect(grid.call(rival, { kind: 'cancelTrade', tradeId: 1n }).result).toMatchObject({ error: 'unauthorized' });
    grid.mineUntilNextHeightIs(5_000);
    expect(grid.call(rival, { kind: 'cancelTrade', tradeId: 2n }).result).toMatchObject({ error: 'unauthorized' });
    grid.must(bob, { kind: 'buyEnergy', tradeId: 2n });
  });
});
