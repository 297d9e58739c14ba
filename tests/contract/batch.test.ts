import { beforeEach, describe, expect, it } from 'vitest';
import { type BatchResult, encodeCall, type GridCall, MAX_BATCH_ENTRIES, reads } from '../../src/contract/index.ts';
import { type Principal, tradeId } from '../../src/core/index.ts';
import { actors, epochs, freshGrid, type Grid } from '../support/simnet.ts';

const { alice, bob, carol, operator } = actors;
const FAR = 10_000n;

function delegate(grid: Grid, prosumer: Principal): void {
  const limits = { spendLimit: 1_000_000n, energyLimit: 10_000n, maxBuyPrice: 100n, minSellPrice: 0n };
  grid.must(prosumer, { kind: 'delegateTrading', operator, ...limits, expiresAt: FAR });
}

function enrol(grid: Grid, prosumer: Principal): void {
  grid.must(prosumer, { kind: 'registerProsumer' });
  grid.must(prosumer, { kind: 'addEnergy', amount: 1_000n });
  grid.must(prosumer, { kind: 'addFunds', amount: 10_000n });
  delegate(grid, prosumer);
}

/** What each entry answered: its value, or the name of its error. */
const answers = (result: BatchResult): readonly (bigint | string | null)[] => {
  if (!result.ok) throw new Error(`expected a batch to answer ok, was ${result.error}`);
  return result.entries.map((entry) => (entry.ok ? entry.value : entry.error));
};

const list = (entries: readonly (readonly [Principal, bigint, bigint])[]) =>
  ({
    kind: 'tradeEnergyFor',
    validUntil: FAR,
    openUntil: FAR,
    entries: entries.map(([seller, amount, price]) => ({ seller, amount, price })),
  }) as const;

const buy = (entries: readonly (readonly [Principal, bigint, bigint, bigint])[]) =>
  ({
    kind: 'buyEnergyFor',
    validUntil: FAR,
    entries: entries.map(([buyer, id, amount, maxPrice]) => ({ buyer, tradeId: id, amount, maxPrice })),
  }) as const;

describe.each(epochs)('batches in epoch %s', (epoch) => {
  let grid: Grid;
  beforeEach(async () => {
    grid = await freshGrid({ epoch });
    for (const prosumer of [alice, bob, carol]) enrol(grid, prosumer);
  });

  it('default: the operator lists, buys and cancels for its prosumers; entries answer id, cost and amount', () => {
    expect(
      answers(
        grid.call(
          operator,
          list([
            [alice, 10n, 5n],
            [bob, 20n, 6n],
          ]),
        ).result,
      ),
    ).toEqual([1n, 2n]);
    expect(answers(grid.call(operator, buy([[carol, 1n, 10n, 5n]])).result)).toEqual([50n]);
    const cancel = { kind: 'cancelTradeFor', validUntil: FAR, entries: [{ seller: bob, tradeId: 2n }] } as const;
    expect(answers(grid.call(operator, cancel).result)).toEqual([20n]);
    expect(grid.read(reads.trade(tradeId(1)))).toMatchObject({
      buyer: carol,
      status: 'completed',
      openUntil: Number(FAR),
      lister: operator,
      grantId: 1,
    });
  });

  it('behavior: a prosumer uses the batches for itself without a delegation', () => {
    grid.must(alice, { kind: 'revokeDelegation', operator });
    expect(
      answers(
        grid.call(
          alice,
          list([
            [alice, 10n, 5n],
            [bob, 1n, 1n],
          ]),
        ).result,
      ),
    ).toEqual([1n, 'unauthorized']);
    expect(grid.read(reads.trade(tradeId(1)))).toMatchObject({ lister: alice, grantId: null });
  });

  it('behavior: a failing entry changes nothing, prints nothing and stops no other', () => {
    const { result, events } = grid.call(
      operator,
      list([
        [alice, 10n, 5n],
        [bob, 0n, 5n],
        [carol, 9_999n, 5n],
        [bob, 3n, 7n],
      ]),
    );
    expect(answers(result)).toEqual([1n, 'invalidAmount', 'insufficientEnergy', 2n]);
    expect(events.map(({ topic, sequence }) => [topic, sequence])).toEqual([
      ['trade-listed', 13],
      ['trade-listed', 14],
    ]);
    expect(grid.read(reads.prosumer(carol))).toMatchObject({ energy: 1_000, escrowed: 0, openTrades: 0 });
    expect(grid.read(reads.openPages([0]))).toEqual([1, 2]);
  });

  it('behavior: the same offer twice is bought once, by the first entry', () => {
    grid.must(alice, { kind: 'tradeEnergy', amount: 10n, price: 5n });
    const { result, events } = grid.call(
      operator,
      buy([
        [bob, 1n, 10n, 5n],
        [carol, 1n, 10n, 5n],
        [bob, 1n, 10n, 5n],
      ]),
    );
    expect(answers(result)).toEqual([50n, 'tradeNotOpen', 'tradeNotOpen']);
    expect(events).toHaveLength(1);
    expect(grid.read(reads.trade(tradeId(1)))).toMatchObject({ buyer: bob });
  });

  it('behavior: the same prosumer twice sees what its first entry did', () => {
    expect(
      answers(
        grid.call(
          operator,
          list([
            [alice, 600n, 1n],
            [alice, 600n, 1n],
            [alice, 400n, 1n],
          ]),
        ).result,
      ),
    ).toEqual([1n, 'insufficientEnergy', 2n]);
    grid.must(alice, { kind: 'cancelTrade', tradeId: 2n });
    grid.must(bob, { kind: 'tradeEnergy', amount: 100n, price: 60n });
    grid.must(bob, { kind: 'tradeEnergy', amount: 100n, price: 60n });
    expect(
      answers(
        grid.call(
          operator,
          buy([
            [carol, 3n, 100n, 60n],
            [carol, 4n, 100n, 60n],
          ]),
        ).result,
      ),
    ).toEqual([6_000n, 'insufficientFunds']);
  });

  it('behavior: a batch in which every entry fails answers ok, and changes nothing', () => {
    const before = grid.read(reads.market());
    expect(
      answers(
        grid.call(
          operator,
          buy([
            [bob, 1n, 1n, 1n],
            [carol, 2n, 1n, 1n],
          ]),
        ).result,
      ),
    ).toEqual(['tradeNotFound', 'tradeNotFound']);
    expect(grid.read(reads.market())).toMatchObject({ sequence: before.sequence, digest: before.digest });
  });

  it.each([0, 1, MAX_BATCH_ENTRIES])('behavior: %i entries of each kind', (size) => {
    const numbers = Array.from({ length: size }, (_, index) => index);
    const ids = numbers.map((index) => BigInt(index + 1));
    expect(answers(grid.call(operator, list(numbers.map(() => [alice, 1n, 1n]))).result)).toEqual(ids);
    expect(answers(grid.call(operator, buy(ids.map((id) => [bob, id, 1n, 1n]))).result)).toEqual(ids.map(() => 1n));
    expect(answers(grid.call(operator, list(numbers.map(() => [alice, 1n, 1n]))).result)).toHaveLength(size);
    const entries = ids.map((id) => ({ seller: alice, tradeId: id + BigInt(size) }));
    const cancelled = grid.call(operator, { kind: 'cancelTradeFor', validUntil: FAR, entries }).result;
    expect(answers(cancelled)).toEqual(ids.map(() => 1n));
    expect(grid.read(reads.prosumer(alice))).toMatchObject({ energy: 1_000 - size, escrowed: 0, openTrades: 0 });
  });

  it('behavior: heights are inclusive', () => {
    const now = BigInt(grid.nextHeight());
    const call: GridCall = { ...list([[alice, 1n, 1n]]), validUntil: now, openUntil: now };
    expect(grid.call(operator, call).result).toMatchObject({ ok: true });
    expect(grid.call(operator, call).result).toMatchObject({ ok: false, error: 'pastHeight' });
  });

  it('error: more than 100 entries are refused before they are sent', () => {
    const entries = Array.from({ length: 101 }, () => [alice, 1n, 1n] as const);
    expect(() => encodeCall(list(entries))).toThrow('expected at most 100 list entries, was 101');
  });
});
