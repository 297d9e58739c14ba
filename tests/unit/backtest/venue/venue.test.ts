import { describe, expect, it } from 'vitest';
import { readRow } from '../../../../backtest/data/event-rows.ts';
import { runBacktest } from '../../../../backtest/driver/run-backtest.ts';
import {
  expected,
  type FillModel,
  fillModels,
  optimistic,
  pessimistic,
} from '../../../../backtest/venue/fill-model.ts';
import type { GridEvent } from '../../../../src/contract/index.ts';
import { microStx, seededRandom, wh } from '../../../../src/core/index.ts';
import { backtestOf } from '../../../support/backtest-scene.ts';
import { alice, bob, carol, createNeighbourhood, type ModelMarket } from '../../../support/model-market.ts';
import { recordedMarket } from '../../../support/recorded-market.ts';
import scripted, { type Script, scriptOf } from '../../../support/strategies/scripted.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const us = testPrincipal(900);
/** The first block after the neighbourhood has been set up, at the height of the set-up. */
const START = 10;

/**
 * What happened of ours, in words, when a recording is played against intents by height; they execute in the block after
 * theirs unless it takes longer. Everyone has 1,000 Wh and 100,000 µSTX.
 */
function play(
  record: (market: ModelMarket) => void,
  script: Script,
  {
    fills = pessimistic,
    latencyBlocks = 1,
    end = 30,
  }: { fills?: FillModel; latencyBlocks?: number; end?: number } = {},
) {
  const market = createNeighbourhood();
  record(market);
  // So that the recording goes on after what matters.
  market.act(carol, { kind: 'addEnergy', amount: 1n }, { height: end });
  const lines: string[] = [];
  const seen = ({ topic, ...event }: GridEvent): void => {
    const line = event as Partial<Record<'seller' | 'buyer', string>> & { amount: number; price: number };
    if (topic === 'trade-bought' && line.buyer === us)
      lines.push(`${event.height}: bought ${line.amount} at ${line.price}`);
    if (topic === 'trade-bought' && line.seller === us)
      lines.push(`${event.height}: sold ${line.amount} at ${line.price}`);
    if (topic === 'trade-cancelled' && line.seller !== us) lines.push(`${event.height}: ${line.amount} taken back`);
  };
  const result = runBacktest(
    backtestOf(recordedMarket(market.events), {
      fills,
      strategies: new Map([['scripted', scripted as never]]),
      accounts: [
        {
          name: 'us',
          principal: us,
          strategy: 'scripted',
          parameters: scriptOf(script),
          opening: { funds: microStx(100_000), energy: wh(1_000), meter: testPrincipal(901) },
        },
      ],
      settings: { latencyBlocks },
      onEvent: ({ next }) => seen(readRow(next, 0)),
    }),
  );
  return { lines, counted: result.counted, profit: result.accounts[0]?.profit };
}

const list = (amount: number, price: number) => ({ kind: 'list', amount, price, life: 100 }) as const;
const offer = (market: ModelMarket, at: number, amount: bigint, price: bigint): bigint => {
  const { result } = market.act(alice, { kind: 'tradeEnergy', amount, price }, { height: at });
  return BigInt(result as number);
};

describe('an offer of others', () => {
  const contested =
    (boughtAt: number) =>
    (market: ModelMarket): void => {
      const tradeId = offer(market, 12, 100n, 50n);
      market.act(bob, { kind: 'buyEnergy', tradeId }, { height: boughtAt });
    };

  it('default: is ours in the block after the one that shows it, and whoever bought it later comes too late', () => {
    const { lines, counted } = play(contested(14), { 12: { kind: 'buy' } });
    expect(lines).toEqual(['13: bought 100 at 50']);
    expect(counted.displaced).toEqual({ 'tradeBought: tradeNotOpen': 1 });
  });

  it('behavior: is lost where someone takes it in the block of ours, and the fee is paid; not in the optimistic model', () => {
    const lost = play(contested(13), { 12: { kind: 'buy' } });
    expect(lost.lines).toEqual([]);
    expect(lost.counted.failed).toEqual({ tradeNotOpen: 1 });
    expect(lost.profit?.fees).toBe(-334n);
    const won = play(contested(13), { 12: { kind: 'buy' } }, { fills: optimistic });
    expect(won.lines).toEqual(['13: bought 100 at 50']);
  });

  it('behavior: is lost to whoever is faster than our latency', () => {
    expect(play(contested(14), { 12: { kind: 'buy' } }, { latencyBlocks: 2 }).lines).toEqual([]);
    expect(play(contested(15), { 12: { kind: 'buy' } }, { latencyBlocks: 2 }).lines).toEqual(['14: bought 100 at 50']);
  });

  it('behavior: cannot be bought once its seller took it back', () => {
    const record = (market: ModelMarket): void => {
      const tradeId = offer(market, 12, 100n, 50n);
      market.act(alice, { kind: 'cancelTrade', tradeId }, { height: 13 });
    };
    expect(play(record, { 12: { kind: 'buy' } }).counted.failed).toEqual({ tradeNotOpen: 1 });
  });
});

describe('an offer of ours', () => {
  const purchase =
    (at: number, amount: bigint, price: bigint) =>
    (market: ModelMarket): void => {
      const tradeId = offer(market, 12, amount, price);
      market.act(bob, { kind: 'buyEnergy', tradeId }, { height: at });
    };
  const sold = (amount: bigint, price: bigint, fills: FillModel, at = 16): string[] =>
    play(purchase(at, amount, price), { [START]: list(100, 60) }, { fills }).lines;

  it('default: is bought by who paid strictly more for at least as much, whose own seller takes its offer back', () => {
    expect(sold(100n, 61n, pessimistic)).toEqual(['16: sold 100 at 60', '16: 100 taken back']);
    expect(sold(101n, 61n, pessimistic)).toEqual(['16: sold 100 at 60', '16: 101 taken back']);
    expect(sold(100n, 60n, pessimistic)).toEqual([]);
    expect(sold(99n, 90n, pessimistic)).toEqual([]);
  });

  it('behavior: optimistic, is bought by who paid as much per Wh and in total', () => {
    expect(sold(100n, 60n, optimistic)).toEqual(['16: sold 100 at 60', '16: 100 taken back']);
    expect(sold(99n, 61n, optimistic)).toEqual(['16: sold 100 at 60', '16: 99 taken back']);
    expect(sold(99n, 60n, optimistic)).toEqual([]);
    expect(sold(200n, 59n, optimistic)).toEqual([]);
  });

  it('behavior: expected, is bought for more as by the pessimist, and at the same price half of the time', () => {
    expect(sold(100n, 61n, expected)).toEqual(['16: sold 100 at 60', '16: 100 taken back']);
    expect(sold(99n, 90n, expected)).toEqual([]);
    const contest = { paid: 60, wanted: 100, asked: 60, offered: 100 };
    const random = seededRandom(1);
    const taken = Array.from({ length: 1_000 }, () => expected.takesOurs(contest, random)).filter(Boolean).length;
    expect(taken).toBeGreaterThan(400);
    expect(taken).toBeLessThan(600);
  });

  it('behavior: must have stood as long as a buyer needs to see it', () => {
    for (const fills of fillModels) {
      // It is listed in block 11.
      const boughtAt = (at: number, latencyBlocks: number): readonly string[] => {
        const record = (market: ModelMarket): void => {
          const tradeId = offer(market, 10, 100n, 90n);
          market.act(bob, { kind: 'buyEnergy', tradeId }, { height: at });
        };
        return play(record, { [START]: list(100, 60) }, { fills, latencyBlocks }).lines.filter((line) =>
          /sold/.test(line),
        );
      };
      expect(boughtAt(11, 1)).toEqual([]);
      expect(boughtAt(12, 1)).toEqual(['12: sold 100 at 60']);
      expect(boughtAt(13, 2)).toEqual(fills === pessimistic ? [] : ['13: sold 100 at 60']);
      expect(boughtAt(14, 2)).toEqual(['14: sold 100 at 60']);
    }
  });

  it('behavior: one recorded purchase buys one of them, the cheapest', () => {
    const script: Script = { [START]: [list(50, 60), list(50, 55), list(50, 58)] };
    expect(play(purchase(16, 100n, 70n), script).lines).toEqual(['16: sold 50 at 55', '16: 100 taken back']);
  });

  it('behavior: is not bought after its height', () => {
    const script: Script = { [START]: { kind: 'list', amount: 100, price: 60, life: 5 } };
    expect(play(purchase(15, 100n, 70n), script).lines).toContain('15: sold 100 at 60');
    expect(play(purchase(16, 100n, 70n), script).lines).toEqual([]);
  });
});

describe('an account that the recording knows', () => {
  it('behavior: trades anew: what the recording says of its trading does not happen', () => {
    const market = createNeighbourhood();
    const sold = offer(market, 12, 100n, 50n);
    market.act(bob, { kind: 'buyEnergy', tradeId: sold }, { height: 14 });
    const { result } = market.act(bob, { kind: 'tradeEnergy', amount: 70n, price: 80n }, { height: 15 });
    market.act(carol, { kind: 'buyEnergy', tradeId: BigInt(result as number) }, { height: 16 });
    market.act(bob, { kind: 'consumeEnergy', amount: 1_030n }, { height: 17 });
    const topics: string[] = [];
    const { accounts, counted } = runBacktest(
      backtestOf(recordedMarket(market.events), {
        strategies: new Map([['scripted', scripted as never]]),
        accounts: [{ name: 'bob', principal: bob, strategy: 'scripted', parameters: scriptOf({}), opening: null }],
        onEvent: ({ next }) => {
          const event = readRow(next, 0);
          if (event.height > START) topics.push(event.topic);
        },
      }),
    );
    // Alice's offer stands no longer than it stood; what Bob lacks for his consumption he takes from the grid.
    expect(topics).toEqual(['trade-listed', 'trade-cancelled', 'energy-added', 'energy-consumed']);
    expect(counted.displaced).toEqual({});
    expect(accounts[0]?.grid).toEqual({ imported: 30n, exported: 0n });
    expect(accounts[0]).toMatchObject({ gridOnlyCost: 3_000n, profit: { net: 0n, grid: 0n } });
  });
});
