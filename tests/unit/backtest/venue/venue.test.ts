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
import { microStx, type Principal, seededRandom, wh } from '../../../../src/core/index.ts';
import { backtestOf } from '../../../support/backtest-scene.ts';
import { alice, bob, carol, createNeighbourhood, type ModelMarket } from '../../../support/model-market.ts';
import { recordedMarket } from '../../../support/recorded-market.ts';
import scripted, { type Script, scriptOf } from '../../../support/strategies/scripted.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const stranger = testPrincipal(900);
/** The first block after the neighbourhood has been set up, at the height of the set-up. */
const START = 10;

/**
 * What happened of ours, in words, when a recording is played against intents by height; they execute in the block after
 * theirs unless it takes longer. Everyone has 1,000 Wh and 100,000 µSTX. We are new, or someone of the neighbourhood.
 */
function play(
  record: (market: ModelMarket) => void,
  script: Script,
  {
    fills = pessimistic,
    latencyBlocks = 1,
    end = 30,
    as,
  }: { fills?: FillModel; latencyBlocks?: number; end?: number; as?: Principal } = {},
) {
  const us = as ?? stranger;
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
          opening: as === undefined ? { funds: microStx(100_000), energy: wh(1_000), meter: testPrincipal(901) } : null,
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

  it('behavior: expected, is chosen at random among what the buyer bought and the cheaper ones that it left', () => {
    const sales = (paid: number, wanted: number, left: number): number => {
      const random = seededRandom(1);
      if (!expected.suits({ paid, wanted, asked: 60, offered: 100 })) return 0;
      const alternatives = { ours: 1, passedOver: () => left };
      return Array.from({ length: 6_000 }, () => expected.takesOurs(alternatives, random)).filter(Boolean).length;
    };
    for (const paid of [60, 90]) {
      expect(Math.abs(sales(paid, 100, 0) - 3_000)).toBeLessThan(200);
      expect(Math.abs(sales(paid, 100, 4) - 1_000)).toBeLessThan(200);
    }
    expect(sales(59, 100, 0)).toBe(0);
    expect(sales(90, 99, 0)).toBe(0);
  });

  it('behavior: pessimistic, is left by a buyer who left another one that was cheaper than what it bought', () => {
    const soldBeside = (passed: {
      amount?: bigint;
      price?: bigint;
      at?: number;
      until?: number;
      seller?: Principal;
    }) => {
      const { amount = 100n, price = 65n, at = 12, until, seller = carol } = passed;
      const record = (market: ModelMarket): void => {
        const tradeId = offer(market, 12, 100n, 70n);
        const terms = { validUntil: 1_000n, openUntil: BigInt(until ?? 1_000), entries: [{ seller, amount, price }] };
        market.act(seller, { kind: 'tradeEnergyFor', ...terms }, { height: at });
        market.act(bob, { kind: 'buyEnergy', tradeId }, { height: 16 });
      };
      return play(record, { [START]: list(100, 60) }).lines.filter((line) => /sold/.test(line));
    };
    const sold = ['16: sold 100 at 60'];
    expect(soldBeside({})).toEqual([]);
    expect(soldBeside({ price: 69n, until: 16 })).toEqual([]);
    expect(soldBeside({ amount: 99n, at: 15 })).toEqual([]);
    // Nothing that it could have had for less, or seen.
    expect(soldBeside({ price: 70n })).toEqual(sold);
    expect(soldBeside({ amount: 101n })).toEqual(sold);
    expect(soldBeside({ at: 16 })).toEqual(sold);
    expect(soldBeside({ until: 15 })).toEqual(sold);
    expect(soldBeside({ seller: bob })).toEqual(sold);
  });

  it('behavior: what was left over before and is gone now says nothing of a buyer', () => {
    const record = (market: ModelMarket): void => {
      const [first, cheap, dear] = [60n, 65n, 70n].map((price) => offer(market, 12, 100n, price));
      market.act(carol, { kind: 'buyEnergy', tradeId: cheap as bigint }, { height: 14 });
      market.act(alice, { kind: 'cancelTrade', tradeId: first as bigint }, { height: 15 });
      market.act(bob, { kind: 'buyEnergy', tradeId: dear as bigint }, { height: 16 });
    };
    expect(play(record, { [START]: list(100, 55) }).lines).toContain('16: sold 100 at 55');
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
  /** Alice's offer is bought by Bob in block 14. */
  const bought = (market: ModelMarket): void => {
    const tradeId = offer(market, 12, 100n, 50n);
    market.act(bob, { kind: 'buyEnergy', tradeId }, { height: 14 });
  };
  /** Alice sells to Carol at a price, in block 16, beside offers of Bob's own or hers at 65. */
  const sold =
    (price: bigint, seller: Principal = alice) =>
    (market: ModelMarket): void => {
      const [tradeId] = [price, 65n].map((asked) => {
        const { result } = market.act(seller, { kind: 'tradeEnergy', amount: 100n, price: asked }, { height: 11 });
        return BigInt(result as number);
      });
      market.act(carol, { kind: 'buyEnergy', tradeId: tradeId as bigint }, { height: 16 });
    };
  const sales = ({ lines }: { readonly lines: readonly string[] }) => lines.filter((line) => /sold/.test(line));

  it.each(fillModels)('behavior: can buy what it bought as late as it did, and no later ($name)', (fills) => {
    expect(play(bought, { 12: { kind: 'buy' } }, { fills, as: bob }).lines).toEqual(['13: bought 100 at 50']);
    expect(play(bought, { 13: { kind: 'buy' } }, { fills, as: bob }).lines).toEqual(['14: bought 100 at 50']);
    expect(play(bought, { 14: { kind: 'buy' } }, { fills, as: bob }).lines).toEqual(['14: 100 taken back']);
  });

  it.each(fillModels)('behavior: sells again what it sold, whatever else the buyer left ($name)', (fills) => {
    const script: Script = { [START]: [list(50, 45), list(100, 70)] };
    expect(sales(play(sold(70n), script, { fills, as: alice }))).toEqual(['16: sold 100 at 70']);
  });

  it('behavior: sells in its place an offer that asks as little for no more, and no dearer or larger one', () => {
    expect(sales(play(sold(70n), { [START]: list(90, 70) }, { as: alice }))).toEqual(['16: sold 90 at 70']);
    expect(sales(play(sold(70n), { [START]: list(100, 69) }, { as: alice }))).toEqual(['16: sold 100 at 69']);
    expect(sales(play(sold(70n), { [START]: list(100, 71) }, { as: alice }))).toEqual([]);
    expect(sales(play(sold(70n), { [START]: list(101, 60) }, { as: alice }))).toEqual([]);
    // The same from somebody else says that its buyer left one at 65.
    expect(sales(play(sold(70n), { [START]: list(100, 69) }, { as: bob }))).toEqual([]);
  });

  it.each(fillModels)('behavior: does not sell to who left that very offer of it ($name)', (fills) => {
    const record = (market: ModelMarket): void => {
      market.act(bob, { kind: 'tradeEnergy', amount: 100n, price: 60n }, { height: 11 });
      const tradeId = offer(market, 12, 100n, 70n);
      market.act(carol, { kind: 'buyEnergy', tradeId }, { height: 16 });
    };
    expect(sales(play(record, { [START]: list(100, 60) }, { fills, as: bob }))).toEqual([]);
  });

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
