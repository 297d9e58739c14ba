import { expect } from 'vitest';
import { MAX_READ_ENTRIES, OPEN_PAGE_SIZE, reads, type TradeInfo, type TradeRecord } from '../../src/contract/index.ts';
import { height, type Principal, type TradeId, tradeId } from '../../src/core/index.ts';
import { delegationOf } from '../../src/market/index.ts';
import { summaryOf } from '../support/model-market.ts';
import { contractId } from '../support/simnet.ts';
import { cast } from './cast.ts';
import type { Stage } from './stage.ts';

/** How many trades are read after every move; all are at the end of a history. */
const NEWEST_TRADES = 25;

/** All ids from 1 to the newest, and the one that comes next. */
export const idsUpToNext = (stage: Stage): TradeId[] =>
  Array.from({ length: stage.state.lastTradeId + 1 }, (_, index) => tradeId(index + 1));

/** Whoever could be a prosumer with whoever could be its operator. */
export const everyPair = cast.everyone.flatMap((prosumer) => cast.everyone.map((operator) => ({ prosumer, operator })));

/** The list in parts that one bulk read takes. */
export function* parts<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += MAX_READ_ENTRIES) yield list.slice(start, start + MAX_READ_ENTRIES);
}

/**
 * Compares what the contract stores with the fold of its events: the summary, all prosumers, all open offers, all money,
 * the delegations that were granted last and the newest trades.
 */
export function compareReads(stage: Stage): void {
  const { grid, state, digest } = stage;
  const ids = idsUpToNext(stage).slice(-NEWEST_TRADES);
  const pairs = grantedPairs(stage).slice(-MAX_READ_ENTRIES);
  const found = grid.readTogether({
    market: reads.market(),
    trades: reads.trades(ids),
    prosumers: reads.prosumers(cast.everyone),
    delegations: reads.delegations(pairs),
    pages: reads.openPages(pagesOf(stage)),
  });
  expect(found).toEqual({
    market: summaryOf(state, { height: height(grid.nextHeight() - 1), digest }),
    trades: ids.map((id) => state.trades.get(id) ?? null),
    prosumers: cast.everyone.map((account) => state.prosumers.get(account) ?? null),
    delegations: pairs.map(({ prosumer, operator }) => delegationOf(state, prosumer, operator) ?? null),
    pages: openIdsOf(stage),
  });
  for (const account of cast.everyone) expect(grid.balance(account), 'own STX').toBe(stage.balanceOf(account));
  expect(grid.balance(contractId), 'the contract’s STX').toBe(state.totalFunds + stage.donated);
}

/** Compares every read-only function on everything that there is, and on what there is not. */
export function compareEverything(stage: Stage): void {
  const { grid, state } = stage;
  compareReads(stage);
  compareSummary(stage);
  compareProsumers(stage);
  compareOpenOffers(stage);
  compareTrades(stage, [tradeId(0), ...idsUpToNext(stage)]);
  comparePairs(stage, everyPair);
  expect(grid.read(reads.energyPrice())).toBe(state.energyPrice);
  expect(grid.read(reads.gridBalance())).toBe(state.gridBalance);
  for (const account of cast.everyone) {
    const record = state.prosumers.get(account) ?? null;
    expect(grid.read(reads.prosumer(account))).toEqual(record);
    expect(grid.read(reads.prosumerInfo(account))).toEqual(record && { energy: record.energy, funds: record.funds });
  }
  for (const id of idsUpToNext(stage).slice(-5)) {
    const trade = state.trades.get(id) ?? null;
    expect(grid.read(reads.trade(id))).toEqual(trade);
    expect(grid.read(reads.tradeInfo(id))).toEqual(trade && infoOf(trade));
  }
  for (const pair of grantedPairs(stage).slice(0, 5)) {
    expect(grid.read(reads.delegation(pair))).toEqual(delegationOf(state, pair.prosumer, pair.operator) ?? null);
  }
}

function infoOf({ seller, buyer, amount, price, status }: TradeRecord): TradeInfo {
  return { seller, buyer, amount, price, status };
}

function compareSummary({ grid, state, digest }: Stage): void {
  expect(grid.read(reads.market())).toEqual(summaryOf(state, { height: height(grid.nextHeight() - 1), digest }));
}

function compareProsumers({ grid, state }: Stage): void {
  expect(grid.read(reads.prosumers(cast.everyone)), 'the prosumers').toEqual(
    cast.everyone.map((account) => state.prosumers.get(account) ?? null),
  );
}

function compareOpenOffers(stage: Stage): void {
  expect(stage.grid.read(reads.openPages(pagesOf(stage))), 'the open offers').toEqual(openIdsOf(stage));
}

/** All pages that hold a trade, and the one that comes next. */
const pagesOf = ({ state }: Stage): number[] =>
  Array.from({ length: Math.floor(state.lastTradeId / OPEN_PAGE_SIZE) + 2 }, (_, page) => page);

const openIdsOf = ({ state }: Stage): TradeId[] => state.openOffers.map(({ id }) => id).sort((a, b) => a - b);

function compareTrades({ grid, state }: Stage, ids: readonly TradeId[]): void {
  for (const part of parts(ids)) {
    expect(grid.read(reads.trades(part)), 'the trades').toEqual(part.map((id) => state.trades.get(id) ?? null));
  }
}

interface Pair {
  readonly prosumer: Principal;
  readonly operator: Principal;
}

function comparePairs({ grid, state }: Stage, pairs: readonly Pair[]): void {
  for (const part of parts(pairs)) {
    expect(grid.read(reads.delegations(part)), 'the delegations').toEqual(
      part.map(({ prosumer, operator }) => delegationOf(state, prosumer, operator) ?? null),
    );
  }
}

function grantedPairs({ played }: Stage): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { events } of played) {
    for (const event of events) {
      if (event.topic !== 'delegation-granted') continue;
      const { prosumer, operator } = event;
      pairs.set(`${prosumer} ${operator}`, { prosumer, operator });
    }
  }
  return [...pairs.values()];
}
