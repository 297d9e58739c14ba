import { describe, expect, it } from 'vitest';
import { type GridEvent, OPENING_DIGEST } from '../../../../src/contract/index.ts';
import { height, price, sequence } from '../../../../src/core/index.ts';
import { createFollower } from '../../../../src/service/follower/index.ts';
import { encodeEvent } from '../../../support/grid-encoding.ts';
import { busyMarket, createModelChain } from '../../../support/model-chain.ts';
import { alice, bob, operator, owner } from '../../../support/model-market.ts';
import { testPrincipal } from '../../../support/test-principal.ts';
import { follow, happen } from './scene.ts';

describe('a follower when nothing happens', () => {
  it('begins with a snapshot and then asks once', async () => {
    const scene = follow();
    happen(scene.chain, 3);
    expect((await scene.poll()).result).toMatchObject({ kind: 'restarted', reason: 'first-poll', sequence: 3 });
    for (let round = 0; round < 3; round += 1) {
      scene.chain.mine();
      expect(await scene.poll()).toMatchObject({
        result: { kind: 'idle', sequence: 3, height: scene.chain.height },
        requests: ['get-market'],
      });
    }
  });
});

describe('a follower when something happens', () => {
  it.each([
    [1, 1],
    [49, 1],
    [50, 1],
    [51, 2],
    [500, 10],
  ])('reads %i events in one request for the market and %i for the log', async (events, pages) => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, events, { perBlock: 7 });
    const { result, requests } = await scene.poll();
    expect(requests).toEqual(['get-market', ...Array(pages).fill('logs')]);
    expect(result).toMatchObject({ kind: 'advanced', sequence: events });
    expect(scene.folded).toEqual(scene.chain.state);
    expect((await scene.poll()).result.kind).toBe('idle');
  });

  it('goes on after events that are known already, without a snapshot', async () => {
    const chain = createModelChain({ owner });
    happen(chain, 3);
    const begin = [{ sequence: sequence(0), digest: OPENING_DIGEST, hex: null }];
    const follower = createFollower({ chain: chain.port, owner, prosumers: [], delegations: [], begin });
    const requests = await chain.requestsOf(async () => {
      expect(await follower.poll()).toMatchObject({ kind: 'advanced', sequence: 3 });
    });
    expect(requests).toEqual(['get-market', 'logs']);
  });

  it('costs the same with events behind it', async () => {
    const scene = follow();
    happen(scene.chain, 120, { perBlock: 40 });
    await scene.poll();
    happen(scene.chain, 50);
    expect((await scene.poll()).requests).toHaveLength(2);
    expect(scene.folded.sequence).toBe(170);
  });

  it('leaves events that land between its requests for the next poll', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 2);
    scene.chain.beforeNextPage(() => happen(scene.chain, 60));
    const { result, requests } = await scene.poll();
    expect(result).toMatchObject({ kind: 'advanced', sequence: 2 });
    expect(requests).toHaveLength(3);
    expect((await scene.poll()).result).toMatchObject({ kind: 'advanced', sequence: 62 });
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('runs polls one after the other', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 1);
    const [first, second] = await Promise.all([scene.poll(), scene.poll()]);
    expect([first.result.kind, second.result.kind]).toEqual(['advanced', 'idle']);
  });

  it('skips by a snapshot what is too much to read', async () => {
    const scene = follow(undefined, { catchUpLimit: 100 });
    await scene.poll();
    happen(scene.chain, 101, { perBlock: 101 });
    const { result, requests } = await scene.poll();
    expect(result).toMatchObject({ kind: 'restarted', reason: 'far-behind', sequence: 101 });
    expect(requests).not.toContain('logs');
  });

  it('reads a snapshot when asked to', async () => {
    const scene = follow();
    await scene.poll();
    scene.restart();
    expect((await scene.poll()).result).toMatchObject({ kind: 'restarted', reason: 'requested' });
    expect((await scene.poll()).result.kind).toBe('idle');
  });
});

describe('a follower in a reorg', () => {
  it('rewinds to the last common event when another takes the same number', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 10);
    await scene.poll();
    scene.chain.forkAt(height(scene.chain.height - 2));
    happen(scene.chain, 2, { price: 900 });
    const { result, requests } = await scene.poll();
    expect(result).toMatchObject({ kind: 'rewound', toSequence: 8, sequence: 10 });
    expect(requests).toEqual(['get-market', 'logs']);
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('rewinds without reading the log when events are only gone', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 10);
    await scene.poll();
    const before = scene.chain.height;
    scene.chain.forkAt(height(before - 4));
    for (let block = 0; block < 5; block += 1) scene.chain.mine();
    expect(await scene.poll()).toMatchObject({
      result: { kind: 'rewound', toSequence: 6, entries: [], sequence: 6 },
      requests: ['get-market'],
    });
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('rewinds to a lower number with other events', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 10);
    await scene.poll();
    scene.chain.forkAt(height(scene.chain.height - 6));
    happen(scene.chain, 3, { price: 900 });
    for (let block = 0; block < 4; block += 1) scene.chain.mine();
    expect((await scene.poll()).result).toMatchObject({ kind: 'rewound', toSequence: 4, sequence: 7 });
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('goes back over several pages', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 130);
    await scene.poll();
    scene.chain.forkAt(height(scene.chain.height - 110));
    happen(scene.chain, 140, { price: 900 });
    expect((await scene.poll()).result).toMatchObject({ kind: 'rewound', toSequence: 20, sequence: 160 });
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('finds a difference that lies under equal events', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 10);
    await scene.poll();
    scene.chain.forkAt(height(scene.chain.height - 4));
    happen(scene.chain, 1, { price: 900 });
    happen(scene.chain, 3, { price: 107 });
    expect((await scene.poll()).result).toMatchObject({ kind: 'rewound', toSequence: 6, sequence: 10 });
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('reads a snapshot when the reorg is deeper than it remembers', async () => {
    const scene = follow(undefined, { depth: 5 });
    await scene.poll();
    happen(scene.chain, 20);
    await scene.poll();
    scene.chain.forkAt(height(scene.chain.height - 6));
    happen(scene.chain, 8, { price: 900 });
    expect((await scene.poll()).result).toMatchObject({
      kind: 'restarted',
      reason: 'log-does-not-chain',
      sequence: 22,
    });
    expect(scene.folded).toMatchObject({ sequence: 22, energyPrice: 907 });
  });

  it('takes a node that has not come as far for late, not for a reorg', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 10);
    await scene.poll();
    scene.chain.forkAt(height(scene.chain.height - 1));
    expect((await scene.poll()).result).toMatchObject({ kind: 'lagging', sequence: 10 });
    expect(scene.folded.sequence).toBe(10);
  });
});

describe('a follower of an indexer', () => {
  it('waits for one that is behind the node, and applies nothing by halves', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 5);
    scene.chain.holdIndexer();
    happen(scene.chain, 5);
    for (let round = 0; round < 2; round += 1) {
      expect((await scene.poll()).result).toMatchObject({ kind: 'lagging', sequence: 0 });
      expect(scene.folded.sequence).toBe(0);
    }
    scene.chain.releaseIndexer();
    expect((await scene.poll()).result).toMatchObject({ kind: 'advanced', sequence: 10 });
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('waits for one that still shows the branch before a reorg', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 10);
    await scene.poll();
    scene.chain.holdIndexer();
    scene.chain.forkAt(height(scene.chain.height - 3));
    happen(scene.chain, 3, { price: 900 });
    expect((await scene.poll()).result).toMatchObject({ kind: 'lagging', sequence: 10 });
    scene.chain.releaseIndexer();
    expect((await scene.poll()).result).toMatchObject({ kind: 'rewound', toSequence: 7 });
    expect(scene.folded).toEqual(scene.chain.state);
  });

  it('does without one that stays behind', async () => {
    const scene = follow(undefined, { lagLimit: 3 });
    await scene.poll();
    scene.chain.holdIndexer();
    happen(scene.chain, 5);
    for (let round = 0; round < 3; round += 1) expect((await scene.poll()).result.kind).toBe('lagging');
    const { result, requests } = await scene.poll();
    expect(result).toMatchObject({ kind: 'restarted', reason: 'indexer-stuck', sequence: 5 });
    expect(requests.at(-1)).not.toBe('logs');
    expect(scene.folded.energyPrice).toBe(104);
  });

  it('believes the node where the log is false', async () => {
    const scene = follow();
    happen(scene.chain, 4);
    await scene.poll();
    scene.chain.tamper((entry) => {
      if (entry.event.topic !== 'energy-price-set') return entry;
      const event: GridEvent = { ...entry.event, price: price(1) };
      return { ...entry, event, hex: encodeEvent(event) };
    });
    happen(scene.chain, 3, { price: 500 });
    expect((await scene.poll()).result).toMatchObject({ kind: 'restarted', reason: 'log-does-not-chain', sequence: 7 });
    expect(scene.folded.energyPrice).toBe(502);
    expect((await scene.poll()).result.kind).toBe('idle');
  });

  it('keeps its place when the chain does not answer', async () => {
    const scene = follow();
    await scene.poll();
    happen(scene.chain, 60);
    scene.chain.tamper(() => {
      throw new Error('no answer');
    });
    await expect(scene.poll()).rejects.toThrow('no answer');
    scene.chain.tamper((entry) => entry);
    expect((await scene.poll()).result).toMatchObject({ kind: 'advanced', sequence: 60 });
    expect(scene.folded).toEqual(scene.chain.state);
  });
});

describe('a cold start', () => {
  const sellers = Array.from({ length: 100 }, (_, index) => testPrincipal(100 + index));

  it('finds 500 open offers among 100,000 trades in at most 30 requests, all at one block', async () => {
    const state = busyMarket({ owner, buyer: bob, sellers, historic: 99_500, open: 500 });
    const scene = follow(createModelChain({ owner, state }));
    const { result, requests } = await scene.poll();
    const count = (name: string): number => requests.filter((request) => request === name).length;
    expect(result).toMatchObject({ kind: 'restarted', reason: 'first-poll' });
    expect(requests.length).toBeLessThanOrEqual(30);
    expect(count('get-open-pages')).toBe(9);
    expect(count('get-trades')).toBe(10);
    expect(count('logs')).toBe(0);
    expect(scene.folded.openOffers).toEqual(state.openOffers);
    expect(scene.folded.prosumers.get(bob)).toEqual(state.prosumers.get(bob));
    expect(scene.folded.complete).toBe(false);
  });

  it('goes on from the snapshot to the same book, accounts and delegations', async () => {
    const state = busyMarket({ owner, buyer: bob, sellers: [alice, testPrincipal(100)], historic: 300, open: 20 });
    const chain = createModelChain({ owner, state });
    chain.mine([
      alice,
      {
        kind: 'delegateTrading',
        operator,
        spendLimit: 0n,
        energyLimit: 1_000n,
        maxBuyPrice: 0n,
        minSellPrice: 1n,
        expiresAt: 99n,
      },
    ]);
    const scene = follow(chain);
    await scene.poll();
    const newcomer = testPrincipal(300);
    chain.mine(
      [newcomer, { kind: 'registerProsumer' }],
      [bob, { kind: 'buyEnergy', tradeId: 310n }],
      [
        operator,
        {
          kind: 'tradeEnergyFor',
          validUntil: 90n,
          openUntil: 90n,
          entries: [{ seller: alice, amount: 7n, price: 3n }],
        },
      ],
    );
    expect((await scene.poll()).result).toMatchObject({ kind: 'advanced' });
    const { state: now } = chain;
    expect(scene.folded.openOffers).toEqual(now.openOffers);
    for (const who of [alice, bob, newcomer]) expect(scene.folded.prosumers.get(who)).toEqual(now.prosumers.get(who));
    expect(scene.folded.delegations).toEqual(now.delegations);
    expect(scene.folded).toMatchObject({
      gridBalance: now.gridBalance,
      totalFunds: now.totalFunds,
      prosumerCount: now.prosumerCount,
    });
  });

  it('asks for nothing that an empty market does not have', async () => {
    const { requests } = await follow().poll();
    expect(requests).toEqual(['tip', 'get-market', 'get-prosumers', 'get-delegations']);
  });
});
