import { describe, expect, it } from 'vitest';
import { CorruptionError, height, price, sequence, tradeId, wh } from '../../../src/core/index.ts';
import {
  advanceTimeline,
  applyUpdate,
  bookView,
  evolve,
  isMetered,
  type MarketSnapshot,
  marketFromSnapshot,
  openHistory,
  openTimeline,
  present,
  recordEvent,
  rewindHistory,
  rewindTimeline,
  tradeStatistics,
} from '../../../src/market/index.ts';
import {
  alice,
  bob,
  carol,
  createModelMarket,
  createNeighbourhood,
  type ModelMarket,
  meter,
  owner,
  summaryOf,
} from '../../support/model-market.ts';

function listed(): ModelMarket {
  const market = createNeighbourhood();
  market.act(alice, { kind: 'tradeEnergy', amount: 10n, price: 120n });
  market.act(bob, {
    kind: 'tradeEnergyFor',
    validUntil: 10n,
    openUntil: 20n,
    entries: [{ seller: bob, amount: 20n, price: 80n }],
  });
  return market;
}

describe('bookView', () => {
  it('shows what the next block can buy, cheapest first', () => {
    const { state } = listed();
    const ids = (at: number): number[] => bookView(state, { height: height(at) }).map(({ id }) => id);
    expect(ids(19)).toEqual([2, 1]);
    expect(ids(20)).toEqual([1]);
  });

  it('is frozen and carries cost and attestation', () => {
    const book = bookView(listed().state, { height: height(10) });
    expect(book[0]).toMatchObject({ seller: bob, amount: 20, price: 80, cost: 1_600, openUntil: 20, attested: false });
    expect(Object.isFrozen(book) && book.every(Object.isFrozen)).toBe(true);
  });

  it('leaves out sellers without a meter where meters are required, or on request', () => {
    const market = listed();
    market.act(owner, { kind: 'assignMeter', prosumer: bob, meter });
    expect(bookView(market.state, { height: height(10) })).toHaveLength(2);
    expect(bookView(market.state, { height: height(10), attestedOnly: true }).map(({ id }) => id)).toEqual([2]);
    market.act(owner, { kind: 'requireMeters', required: true });
    expect(bookView(market.state, { height: height(10) }).map(({ id }) => id)).toEqual([2]);
  });
});

describe('price history', () => {
  it('keeps prices and trades by height, and drops what a rewind takes back', () => {
    const market = listed();
    let history = openHistory(market.state, { height: height(5) });
    const events = [
      ...market.act(carol, { kind: 'buyEnergy', tradeId: 1n }).events,
      ...market.act(owner, { kind: 'setEnergyPrice', price: 130n }).events,
      ...market.act(carol, { kind: 'buyEnergy', tradeId: 2n }).events,
    ];
    for (const [index, event] of events.entries())
      history = recordEvent(history, { event, height: height(11 + index) });
    expect(history.energyPrices.toArray()).toEqual([
      { height: 5, price: 100 },
      { height: 12, price: 130 },
    ]);
    expect(history.trades.toArray()).toEqual([
      { height: 11, tradeId: 1, price: 120, amount: 10 },
      { height: 13, tradeId: 2, price: 80, amount: 20 },
    ]);
    const rewound = rewindHistory(history, height(11));
    expect(rewound.energyPrices.size).toBe(1);
    expect(rewound.trades.toArray().map(({ tradeId }) => tradeId)).toEqual([1]);
  });

  it('is bounded', () => {
    const market = createModelMarket();
    let history = openHistory(market.state, { height: height(1), capacity: 3 });
    for (let at = 2; at < 10; at += 1) {
      const event = market.act(owner, { kind: 'setEnergyPrice', price: BigInt(at) }).events[0]!;
      history = recordEvent(history, { event, height: height(at) });
    }
    expect(history.energyPrices.toArray().map(({ price }) => price)).toEqual([7, 8, 9]);
  });

  it('sums up trades exactly, means rounded down', () => {
    const points = [
      { price: price(100), amount: wh(1) },
      { price: price(103), amount: wh(2) },
    ];
    expect(tradeStatistics([])).toBeNull();
    expect(tradeStatistics(points)).toEqual({
      count: 2,
      last: 103,
      lowest: 100,
      highest: 103,
      meanDown: 101,
      volumeWeightedMeanDown: 102,
      volume: 3n,
    });
    const large = { price: price(1), amount: wh(Number.MAX_SAFE_INTEGER) };
    expect(tradeStatistics([large, large, large])?.volumeWeightedMeanDown).toBe(1);
  });
});

describe('timeline', () => {
  const market = createNeighbourhood();
  const entries = market.events.map((event) => ({ event, height: height(event.sequence) }));
  const start = createModelMarket().state;
  const begin = (depth?: number) =>
    openTimeline(
      { state: start, history: openHistory(start, { height: height(0) }) },
      depth === undefined ? {} : { depth },
    );

  it('advances and rewinds to any moment it keeps', () => {
    const timeline = advanceTimeline(begin(), entries);
    expect(present(timeline).state).toEqual(market.state);
    expect(present(rewindTimeline(timeline, sequence(0))).state).toBe(start);
    const again = advanceTimeline(rewindTimeline(timeline, sequence(4)), entries.slice(4));
    expect(present(again).state).toEqual(market.state);
  });

  it('keeps no more moments than it was told', () => {
    const timeline = advanceTimeline(begin(3), entries);
    expect(present(rewindTimeline(timeline, sequence(6))).state.sequence).toBe(6);
    expect(() => rewindTimeline(timeline, sequence(5))).toThrow(/expected to rewind to an event from 6 to 9, was 5/);
    expect(() => rewindTimeline(timeline, sequence(10))).toThrow(CorruptionError);
  });

  it('applies updates, the first of which must bring a snapshot', () => {
    expect(() => applyUpdate(null, { kind: 'idle' })).toThrow(CorruptionError);
    const timeline = begin();
    expect(applyUpdate(timeline, { kind: 'lagging' })).toBe(timeline);
    const advanced = applyUpdate(timeline, { kind: 'advanced', entries });
    const rewound = applyUpdate(advanced, { kind: 'rewound', toSequence: sequence(2), entries: entries.slice(2, 5) });
    expect(present(rewound).state.sequence).toBe(5);
  });
});

describe('a partial state', () => {
  function snapshotOf(market: ModelMarket, known: readonly (typeof alice)[]): MarketSnapshot {
    const { state } = market;
    return {
      owner,
      indexBlockHash: '00'.repeat(32),
      summary: summaryOf(state, { height: height(10), digest: '00'.repeat(32) }),
      offers: state.openOffers.map(({ id }) => ({ id, trade: state.trades.get(id)! })).reverse(),
      prosumers: known.map((prosumer) => ({ prosumer, record: state.prosumers.get(prosumer)! })),
      delegations: [],
    };
  }

  it('goes on exactly for what it knows and skips what it does not', () => {
    const market = listed();
    let partial = marketFromSnapshot(snapshotOf(market, [alice]));
    expect(partial.complete).toBe(false);
    expect(partial.openOffers).toEqual(market.state.openOffers);
    const from = market.events.length;
    market.act(carol, { kind: 'buyEnergy', tradeId: 1n });
    market.act(bob, { kind: 'tradeEnergy', amount: 5n, price: 70n });
    market.act(bob, { kind: 'cancelTrade', tradeId: 2n });
    market.act(alice, { kind: 'addEnergy', amount: 5n });
    market.act(owner, { kind: 'assignMeter', prosumer: bob, meter });
    for (const event of market.events.slice(from)) partial = evolve(partial, event);
    expect(partial.prosumers.get(alice)).toEqual(market.state.prosumers.get(alice));
    expect(partial.prosumers.has(bob)).toBe(false);
    expect(isMetered(partial, bob)).toBe(true);
    expect(bookView(partial, { height: height(10) })).toEqual(bookView(market.state, { height: height(10) }));
    expect(partial.gridBalance).toBe(market.state.gridBalance);
    expect(partial.totalFunds).toBe(market.state.totalFunds);
  });

  it('is complete where nothing has happened yet', () => {
    const market = createModelMarket();
    expect(marketFromSnapshot(snapshotOf(market, []))).toEqual(market.state);
  });

  it('refuses a snapshot that contradicts itself', () => {
    const snapshot = snapshotOf(listed(), []);
    const [first] = snapshot.offers;
    const closed = { ...first!, trade: { ...first!.trade, status: 'completed' as const } };
    expect(() => marketFromSnapshot({ ...snapshot, offers: [closed] })).toThrow(CorruptionError);
    expect(() => marketFromSnapshot({ ...snapshot, offers: [{ ...first!, id: tradeId(99) }] })).toThrow(
      CorruptionError,
    );
  });
});
