import { describe, expect, it } from 'vitest';
import { height, microStx, price, wh } from '../../../../src/core/index.ts';
import type { TurnMarket } from '../../../../src/trading/index.ts';
import { codesOf, type Decide, idsOf, turn, viewOf } from '../../../support/one-turn.ts';
import {
  accountOf,
  botOperator,
  buyOf,
  cancelOf,
  listOf,
  openIntent,
  sceneAccount,
  sceneMarket,
  wideDelegation,
} from '../../../support/turn-scene.ts';

describe('the view', () => {
  it('behavior: offers stand cheapest first, then oldest', () => {
    const offers = [
      { id: 3, amount: 1, price: 70 },
      { id: 1, amount: 1, price: 80 },
      { id: 2, amount: 1, price: 70 },
    ];
    expect(idsOf(viewOf({ market: sceneMarket({ offers }) }))).toEqual([2, 3, 1]);
  });

  it('behavior: the best offer, and those up to a price and an amount, are what stands in all offers', () => {
    const metered = accountOf(50);
    const offers = [
      { id: 1, amount: 5, price: 60 },
      { id: 2, amount: 5, price: 70, seller: metered },
      { id: 3, amount: 9, price: 70, seller: metered },
      { id: 4, amount: 5, price: 70, seller: accountOf(0) },
      { id: 5, amount: 5, price: 71, seller: accountOf(1) },
    ];
    const market = sceneMarket({ offers, metered: [metered] });
    const openIntents = [openIntent(accountOf(5), buyOf(1, 5, 60), 300)];
    const limits = { attestedSellersOnly: true };
    for (const scene of [
      { market },
      { market, request: { openIntents } },
      { market, accounts: [sceneAccount(0, { limits })] },
      { market, accounts: [sceneAccount(0), sceneAccount(1)], settings: { allowOwnTrades: true } },
    ]) {
      viewOf(scene, (view) => {
        expect(view.bestOffer).toEqual(view.offers[0]);
        expect(view.offersUpTo(70)).toEqual(view.offers.filter((offer) => offer.price <= 70));
        expect(view.offersUpTo(70, 5)).toEqual(
          view.offers.filter(({ price: asked, amount }) => asked <= 70 && amount <= 5),
        );
        expect(view.offersUpTo(59)).toEqual([]);
      });
    }
    viewOf({}, ({ bestOffer }) => expect(bestOffer).toBeNull());
    expect.assertions(17);
  });

  it('behavior: expired offers are out, those that live through the next block are in', () => {
    const offers = [
      { id: 1, amount: 1, price: 70, openUntil: 1_000 },
      { id: 2, amount: 1, price: 70, openUntil: 1_001 },
    ];
    expect(idsOf(viewOf({ market: sceneMarket({ offers }) }))).toEqual([2]);
  });

  it('behavior: claims of unconfirmed intents of any account are out', () => {
    const offers = [
      { id: 1, amount: 1, price: 70 },
      { id: 2, amount: 1, price: 70 },
    ];
    const openIntents = [openIntent(accountOf(5), buyOf(1, 1, 70), 70)];
    expect(idsOf(viewOf({ market: sceneMarket({ offers }), request: { openIntents } }))).toEqual([2]);
  });

  it('behavior: offers of our own accounts are out unless they may trade among themselves', () => {
    const accounts = [sceneAccount(0), sceneAccount(1)];
    const offers = [
      { id: 1, amount: 1, price: 70, seller: accountOf(0) },
      { id: 2, amount: 1, price: 70, seller: accountOf(1) },
      { id: 3, amount: 1, price: 70 },
    ];
    const market = sceneMarket({ offers });
    expect(idsOf(viewOf({ market, accounts }))).toEqual([3]);
    expect(idsOf(viewOf({ market, accounts, settings: { allowOwnTrades: true } }))).toEqual([2, 3]);
  });

  it('behavior: where meters are required, or the account asks for them, unmetered offers are out', () => {
    const metered = accountOf(50);
    const offers = [
      { id: 1, amount: 1, price: 70 },
      { id: 2, amount: 1, price: 70, seller: metered },
    ];
    expect(idsOf(viewOf({ market: sceneMarket({ offers, metered: [metered] }) }))).toEqual([1, 2]);
    expect(idsOf(viewOf({ market: sceneMarket({ offers, metered: [metered], metersRequired: true }) }))).toEqual([2]);
    const accounts = [sceneAccount(0, { limits: { attestedSellersOnly: true } })];
    expect(idsOf(viewOf({ market: sceneMarket({ offers, metered: [metered] }), accounts }))).toEqual([2]);
  });

  it('behavior: the account counts what is unconfirmed', () => {
    const openIntents = [
      openIntent(accountOf(0), buyOf(1, 100, 50), 5_000),
      openIntent(accountOf(0), listOf(300, 90)),
      openIntent(accountOf(0), cancelOf(2, 40)),
      openIntent(accountOf(9), listOf(9_999, 90)),
    ];
    const accounts = [sceneAccount(0, { limits: { fundsReserve: microStx(1_000) } })];
    expect(viewOf({ accounts, request: { openIntents } }).account).toMatchObject({
      energy: 10_000,
      freeEnergy: 9_700,
      funds: 10_000_000,
      freeFunds: 9_994_000,
      pending: { buyWh: 100, buyCost: 5_000, listWh: 300, lists: 1, cancelWh: 40 },
    });
  });

  it('behavior: own offers tell their age, whether they expired and whether a cancel can work or is under way', () => {
    const accounts = [sceneAccount(0, { operators: [botOperator] })];
    const own = { amount: 1, price: 70, seller: accountOf(0) };
    const offers = [
      { id: 1, ...own, lister: botOperator, openUntil: 1_050 },
      { id: 2, ...own, lister: accountOf(0), openUntil: 1_050 },
      { id: 3, ...own, lister: accountOf(0), openUntil: 1_000 },
    ];
    const openIntents = [openIntent(accountOf(0), cancelOf(1, 1))];
    viewOf({ accounts, market: sceneMarket({ offers }), request: { openIntents } }, ({ account }) => {
      expect(account.openOffers).toMatchObject([
        { tradeId: 1, age: 10, listedAt: 990, expired: false, cancellable: true, cancelling: true },
        { tradeId: 2, expired: false, cancellable: false, cancelling: false },
        { tradeId: 3, expired: true, cancellable: true, cancelling: false },
      ]);
    });
    expect.assertions(1);
  });

  it('behavior: own offers outside of prices are those of all that expired or ask less or more', () => {
    const own = { amount: 1, seller: accountOf(0) };
    const offers = [
      { id: 1, ...own, price: 72 },
      { id: 2, ...own, price: 71 },
      { id: 3, ...own, price: 70 },
      { id: 4, ...own, price: 69 },
      { id: 5, ...own, price: 71, openUntil: 1_000 },
    ];
    viewOf({ market: sceneMarket({ offers }) }, ({ account }) => {
      expect(account.openOfferCount).toBe(5);
      const ids = (lowest: number, highest: number) =>
        account.offersOutside(lowest, highest).map(({ tradeId }) => tradeId);
      expect(ids(70, 71)).toEqual([1, 4, 5]);
      expect(ids(0, 100)).toEqual([5]);
      expect(account.offersOutside(70, 71)).toEqual(
        account.openOffers.filter(({ price: asked, expired }) => expired || asked < 70 || asked > 71),
      );
      expect(Object.isFrozen(account.offersOutside(70, 71))).toBe(true);
    });
    viewOf({}, ({ account }) => expect(account.offersOutside(1, 0)).toEqual([]));
    expect.assertions(6);
  });

  it('behavior: a delegation shows what is left of it; the own account has none', () => {
    const accounts = [sceneAccount(0, { operators: [botOperator] })];
    const market = (changes = {}): TurnMarket =>
      sceneMarket({ delegations: new Map([[accountOf(0), wideDelegation({ spendLeft: microStx(900), ...changes })]]) });
    const openIntents = [openIntent(accountOf(0), buyOf(1, 1, 70), 200)];
    const request = { openIntents };
    expect(viewOf().account.delegation).toBeNull();
    expect(viewOf({ accounts }).account.delegation).toMatchObject({ live: false, grantId: null, spendLeft: 0 });
    expect(viewOf({ accounts, market: market(), request }).account.delegation).toMatchObject({
      live: true,
      spendLeft: 700,
      maxBuyPrice: 1_000,
    });
    const expired = market({ expiresAt: height(1_000) });
    expect(viewOf({ accounts, market: expired }).account.delegation).toMatchObject({ live: false, spendLeft: 0 });
  });

  it('behavior: limits are the tightest of risk, funds, delegation, fee budget and lane', () => {
    const accounts = [
      sceneAccount(0, { operators: [botOperator], limits: { priceBandPercent: 50, spendPerTurn: microStx(8_000) } }),
    ];
    const delegation = wideDelegation({ energyLeft: wh(600), maxBuyPrice: price(120), minSellPrice: price(60) });
    const market = sceneMarket({ delegations: new Map([[accountOf(0), delegation]]) });
    const lanes = [{ operator: botOperator, unconfirmed: 0, entriesLeft: 9, balance: microStx(100_350) }];
    const dayTotals = [{ account: accountOf(0), spent: microStx(49_995_000), fees: microStx(0) }];
    expect(viewOf({ accounts, market, request: { lanes, dayTotals } }).limits).toEqual({
      spendLeft: 5_000,
      energyLeft: 50_000,
      listLeft: 600,
      offersLeft: 20,
      intentsLeft: 3,
      highestBuyPrice: 120,
      lowestListPrice: 60,
      highestListPrice: 150,
    });
  });

  it('behavior: whatever stays within the limits of the view is allowed', () => {
    const offers = [{ id: 1, amount: 100, price: 90 }];
    const greedy: Decide = ({ limits, offers: [offer], height: tip }) => {
      expect(offer?.cost).toBeLessThanOrEqual(limits.spendLeft);
      return [
        ...Array.from({ length: Math.min(limits.offersLeft, limits.intentsLeft) - 1 }, () =>
          listOf(Math.floor(limits.listLeft / 30), limits.lowestListPrice, tip + 2),
        ),
        buyOf(1, 100, 90),
      ];
    };
    const { decisions } = turn(greedy, { market: sceneMarket({ offers }) });
    expect(decisions).toHaveLength(20);
    expect(new Set(codesOf(decisions))).toEqual(new Set(['allow']));
  });
});
