import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError, CorruptionError, height, microStx, sequence, type TradeId, wh } from '../../src/core/index.ts';
import { type HeightedEvent, type MarketSnapshot, type MarketUpdate, REWIND_DEPTH } from '../../src/market/index.ts';
import {
  createTradingHost,
  MarketFold,
  type TradingHost,
  type TradingHostOptions,
} from '../../src/trading/host/index.ts';
import { createTurnEngine, runTurn, type TradingAccount } from '../../src/trading/index.ts';
import bargainBuyer from '../../strategies/bargain-buyer/index.ts';
import { alice, bob, carol, createNeighbourhood, type ModelMarket, owner } from '../support/model-market.ts';
import { turnRequest } from '../support/turn-scene.ts';

const directory = fileURLToPath(new URL('../support/strategies/', import.meta.url));

const emptySnapshot: MarketSnapshot = {
  owner,
  indexBlockHash: '00'.repeat(32),
  summary: {
    sequence: sequence(0),
    digest: '00'.repeat(32),
    lastTradeId: 0 as TradeId,
    energyPrice: 100 as never,
    gridBalance: 0n,
    totalFunds: 0n,
    prosumers: 0,
    metersRequired: false,
    height: height(1),
  },
  offers: [],
  prosumers: [],
  delegations: [],
};

const restarted: MarketUpdate = { kind: 'restarted', snapshot: emptySnapshot };
const idle: MarketUpdate = { kind: 'idle' };

/** What a market did from event `from` on, as the follower reports it. */
const advanced = (market: ModelMarket, from = 1): MarketUpdate => ({
  kind: 'advanced',
  entries: market.events
    .filter((event) => event.sequence >= from)
    .map((event): HeightedEvent => ({ event, height: height(10) })),
});

const buyer: TradingAccount = {
  principal: alice,
  operators: [alice],
  strategy: 'bargain-buyer',
  targetWh: wh(1_500),
};
const own = (principal: TradingAccount['principal'], strategy: string): TradingAccount => ({
  principal,
  operators: [principal],
  strategy,
});

/** Three neighbours; Carol offers 200 Wh at 60. */
function marketWithOffer(): ModelMarket {
  const market = createNeighbourhood();
  market.act(carol, { kind: 'tradeEnergy', amount: 200n, price: 60n });
  return market;
}

const hosts: TradingHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

async function start(
  accounts: readonly TradingAccount[],
  options: Partial<TradingHostOptions> = {},
): Promise<TradingHost> {
  const host = await createTradingHost({ settings: { run: 'run', seed: 1, accounts }, directory, ...options });
  hosts.push(host);
  return host;
}

describe('trading host', () => {
  it('behavior: decides in its thread what the engine decides in process', async () => {
    const market = marketWithOffer();
    const host = await start([buyer]);
    await host.turn(restarted, turnRequest({ turn: 0 }));
    const result = await host.turn(advanced(market), turnRequest());

    const fold = new MarketFold();
    fold.apply(restarted);
    fold.apply(advanced(market));
    const settings = { run: 'run', seed: 1, accounts: [buyer] };
    const engine = createTurnEngine(new Map([['bargain-buyer', bargainBuyer]]), settings);
    expect(result).toEqual(runTurn({ engine, market: fold.market() }, turnRequest()));
    expect(result.allowed).toMatchObject([{ id: 'run-1-1', account: alice, intent: { kind: 'buy', tradeId: 1 } }]);
  });

  it('behavior: follows a reorg', async () => {
    const market = marketWithOffer();
    const host = await start([buyer]);
    await host.turn(restarted, turnRequest());
    const before = await host.turn(advanced(market), turnRequest());
    expect(before.summary.openOffers).toBe(1);
    const toSequence = sequence(market.state.sequence - 1);
    const after = await host.turn({ kind: 'rewound', toSequence, entries: [] }, turnRequest());
    expect(after.summary).toMatchObject({ openOffers: 0, sequence: toSequence });
  });

  it('behavior: one that never returns and one that ends its thread are benched and named, and the others trade on', async () => {
    const accounts = [own(bob, './staller.ts'), own(owner, './quitter.ts'), buyer];
    const host = await start(accounts, { turnDeadlineMs: 2_000 });
    const market = marketWithOffer();
    market.act(owner, { kind: 'registerProsumer' });
    await host.turn(restarted, turnRequest());
    const { benched, allowed } = await host.turn(advanced(market), turnRequest());
    expect(benched.map(({ strategy, reason }) => `${strategy} ${reason}`).sort()).toEqual([
      './quitter.ts ended its thread with exit code 3',
      './staller.ts did not return within 2000 ms',
    ]);
    expect(allowed).toMatchObject([{ account: alice, intent: { kind: 'buy', tradeId: 1 } }]);

    const next = await host.turn(idle, turnRequest({ turn: 2 }));
    expect(next.benched).toEqual([]);
    expect(next.allowed).toHaveLength(1);
    expect(host.benched()).toHaveLength(2);
  });

  it('behavior: a thrower, a mutator and one that returns nonsense are benched in the same turn', async () => {
    const accounts = [own(bob, './thrower.ts'), own(carol, './nonsense.ts'), own(owner, './mutator.ts'), buyer];
    const host = await start(accounts);
    const market = marketWithOffer();
    market.act(owner, { kind: 'registerProsumer' });
    await host.turn(restarted, turnRequest());
    const { benched, allowed } = await host.turn(advanced(market), turnRequest());
    expect(benched.map(({ strategy }) => strategy).sort()).toEqual(['./mutator.ts', './nonsense.ts', './thrower.ts']);
    // Carol is an account of this bot here, so her offer is not for Alice.
    expect(allowed).toEqual([]);
    expect(await host.turn(idle, turnRequest({ turn: 2 }))).toMatchObject({ benched: [], decisions: [] });
  });

  it('behavior: strategies see no environment and cannot take what is not theirs', async () => {
    const host = await start([own(alice, './cheat.ts')]);
    await host.turn(restarted, turnRequest());
    const openIntents = [
      {
        id: 'earlier',
        account: bob,
        operator: bob,
        strategy: 'x',
        turn: 0,
        height: height(9),
        intent: { kind: 'buy', tradeId: 1, amount: 200, maxPrice: 60, reason: '' } as never,
        cost: microStx(12_000),
      },
    ];
    const { decisions, allowed } = await host.turn(advanced(marketWithOffer()), turnRequest({ openIntents }));
    expect(allowed).toEqual([]);
    expect(decisions.map(({ intent }) => intent.reason)).toEqual(Array(3).fill('environment: empty'));
  });

  it('behavior: a thread that is lost stands again where it stood, also after a long life', async () => {
    const market = createNeighbourhood();
    const host = await start([buyer, own(bob, './staller.ts')], { turnDeadlineMs: 3_000 });
    await host.turn(restarted, turnRequest());
    // Bob is not registered before the last update, so his strategy is not asked until then.
    const events = market.events.filter((event) => !('prosumer' in event) || event.prosumer !== bob);
    let last = 0;
    const renumbered = (count: number): HeightedEvent[] =>
      Array.from({ length: count }, () => {
        last += 1;
        const event = events[last - 1] ?? ({ topic: 'energy-price-set', price: 100 + (last % 7) } as never);
        return { event: { ...event, sequence: sequence(last) }, height: height(10) };
      });
    for (let batch = 0; batch < 6; batch += 1) {
      await host.turn({ kind: 'advanced', entries: renumbered(REWIND_DEPTH) }, turnRequest());
    }
    const entries = renumbered(1);
    last += 1;
    entries.push({
      event: { topic: 'prosumer-registered', prosumer: bob, sequence: sequence(last), height: height(10) },
      height: height(10),
    });
    const { benched, summary } = await host.turn({ kind: 'advanced', entries }, turnRequest());
    expect(benched).toMatchObject([{ strategy: './staller.ts' }]);
    expect(summary).toMatchObject({
      sequence: last,
      accounts: [{ energy: 1_000, funds: 100_000 }, { registered: true }],
    });
    const back = { kind: 'rewound', toSequence: sequence(last - REWIND_DEPTH + 10), entries: [] } as const;
    expect((await host.turn(back, turnRequest())).summary.sequence).toBe(last - REWIND_DEPTH + 10);
  });

  it('error: updates that do not follow on each other, mended by a restart', async () => {
    const host = await start([buyer]);
    await expect(host.turn(idle, turnRequest())).rejects.toThrow(CorruptionError);
    await host.turn(restarted, turnRequest());
    const gap = advanced(marketWithOffer(), 3);
    await expect(host.turn(gap, turnRequest())).rejects.toThrow('expected event 1, was event 3');
    await host.turn(restarted, turnRequest());
    expect((await host.turn(advanced(marketWithOffer()), turnRequest())).allowed).toHaveLength(1);
  });

  it('error: a strategy that does not exist, has wrong parameters, or never loads', async () => {
    await expect(start([own(alice, 'nobody')])).rejects.toThrow(ConfigError);
    await expect(start([{ ...buyer, parameters: { discountPercent: 101 } }])).rejects.toThrow(
      'expected discountPercent of the strategy "bargain-buyer" to be an integer from 0 to 100 %, was 101',
    );
    await expect(start([own(alice, './slow-loader.ts')], { loadDeadlineMs: 8_000 })).rejects.toThrow(
      'strategy "./slow-loader.ts" does not load: it did not return within 8000 ms',
    );
  });
});
