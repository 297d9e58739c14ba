import { describe, expect, it } from 'vitest';
import { height, sequence, tradeId } from '../../../src/core/index.ts';
import { type MarketSnapshot, type MarketUpdate, marketFromSnapshot } from '../../../src/market/index.ts';
import { MarketFold } from '../../../src/trading/host/index.ts';
import type { TurnMarket } from '../../../src/trading/index.ts';
import { alice, carol, createNeighbourhood, delegation, operator, owner } from '../../support/model-market.ts';
import { isDeepFrozen } from '../../support/one-turn.ts';

const snapshot: MarketSnapshot = {
  owner,
  indexBlockHash: '00'.repeat(32),
  summary: {
    sequence: sequence(0),
    digest: '00'.repeat(32),
    lastTradeId: tradeId(0),
    energyPrice: 100 as never,
    gridBalance: 0n,
    totalFunds: 0n,
    prosumers: 0,
    metersRequired: false,
    height: height(5),
  },
  offers: [],
  prosumers: [],
  delegations: [],
};

/** Carol's offer 1 is bought by Alice, her offer 2 stands; Alice has delegated. Every event has its own height. */
function scene(): MarketUpdate {
  const market = createNeighbourhood();
  market.act(alice, delegation());
  market.act(carol, { kind: 'tradeEnergy', amount: 200n, price: 60n });
  market.act(carol, { kind: 'tradeEnergy', amount: 300n, price: 70n });
  market.act(alice, { kind: 'buyEnergy', tradeId: 1n });
  return { kind: 'advanced', entries: market.events.map((event, index) => ({ event, height: height(10 + index) })) };
}

function fold(...updates: readonly MarketUpdate[]): MarketFold {
  const result = new MarketFold();
  for (const update of [{ kind: 'restarted', snapshot } as const, ...updates]) result.apply(update);
  return result;
}

/** All that can be bought in the first block. */
const offersOf = (market: TurnMarket) => market.offers.buyable(height(1), new Set()).all();

const shown = (market: TurnMarket): object => ({
  sequence: market.sequence,
  energyPrice: market.energyPrice,
  offers: offersOf(market),
  own: market.offers.of(alice),
  trades: market.history.trades,
  energyPrices: market.history.energyPrices,
  traded: market.history.traded(0),
  listedAt: market.listedAt(tradeId(2)),
  alice: market.prosumer(alice),
  carol: market.prosumer(carol),
  stranger: market.prosumer(operator),
  delegation: market.delegation(alice, operator),
});

describe('MarketFold', () => {
  it('behavior: shows the market as turns read it', () => {
    const market = fold(scene()).market();
    expect(shown(market)).toMatchObject({
      sequence: 13,
      offers: [{ tradeId: 2, price: 70, seller: carol }],
      trades: [{ height: 22, tradeId: 1, price: 60, amount: 200 }],
      energyPrices: [{ height: 5, price: 100 }],
      traded: { count: 1, volume: 200, turnover: 12_000 },
      listedAt: 21,
      alice: { energy: 1_200, funds: 88_000 },
      stranger: null,
      delegation: { spendLeft: 50_000 },
    });
    expect(isDeepFrozen(market.history)).toBe(true);
    expect(isDeepFrozen(offersOf(market))).toBe(true);
  });

  it('behavior: offers that stood before the snapshot count from there', () => {
    const trade = {
      seller: carol,
      buyer: carol,
      amount: 5,
      price: 7,
      status: 'open',
      openUntil: null,
      lister: carol,
      grantId: null,
    } as never;
    const later = {
      ...snapshot,
      summary: { ...snapshot.summary, lastTradeId: tradeId(9) },
      offers: [{ id: tradeId(9), trade }],
    };
    expect(marketFromSnapshot(later).openOffers).toHaveLength(1);
    const result = new MarketFold();
    result.apply({ kind: 'restarted', snapshot: later });
    expect(result.market().listedAt(tradeId(9))).toBe(5);
    expect(result.market().listedAt(tradeId(8))).toBeNull();
  });

  it('behavior: a checkpoint, sent to another thread, continues as the market that made it', () => {
    const original = fold();
    const copy = new MarketFold();
    copy.restore(structuredClone(original.checkpoint()));
    original.apply(scene());
    copy.apply(scene());
    expect(shown(copy.market())).toEqual(shown(original.market()));

    const rewind: MarketUpdate = { kind: 'rewound', toSequence: sequence(12), entries: [] };
    original.apply(rewind);
    copy.apply(rewind);
    expect(shown(copy.market())).toEqual(shown(original.market()));
    expect(offersOf(copy.market())).toHaveLength(2);
  });

  it('error: a market before any update', () => {
    expect(() => new MarketFold().market()).toThrow('expected a market before the first turn, was none');
  });
});
