import { expect } from 'vitest';
import { MAX_READ_ENTRIES, OPEN_PAGE_SIZE, reads, type TradeInfo, type TradeRecord } from '../../src/contract/index.ts';
import { height, type Principal, type TradeId, tradeId } from '../../src/core/index.ts';
import { delegationOf } from '../../src/market/index.ts';
import { summaryOf } from '../support/model-market.ts';
import { contractId } from '../support/simnet.ts';
import { cast } from './cast.ts';
import type { Stage } from './stage.ts';

/** How many trades are read after every move; all are at the end of a history. */
const NEWEST_TRADES = 10;

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
 * every delegation that was ever granted and the newest trades.
 */
export function compareReads(stage: Stage): void {
  const { grid, state } = stage;
  compareSummary(stage);
  compareProsumers(stage);
  compareOpenOffers(stage);
  compareTrades(stage, idsUpToNext(stage).slice(-NEWEST_TRADES));
  comparePairs(stage, grantedPairs(stage));
  for (const account of cast.everyone) expect(grid.balance(account), 'own STX').toBe(stage.balanceOf(account));
  expect(grid.balance(contractId), 'the contract’s STX').toBe(state.totalFunds + stage.donated);
}

/** Compares every read-only function on everything that there is, and on what there is not. */
export function compareEverything(stage: Stage): void {
  const { grid, state } = stage;
  compareReads(stage);
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

function compareOpenOffers({ grid, state }: Stage): void {
  const pages = Array.from({ length: Math.floor(state.lastTradeId / OPEN_PAGE_SIZE) + 2 }, (_, page) => page);
  expect(grid.read(reads.openPages(pages)), 'the open offers').toEqual(
    state.openOffers.map(({ id }) => id).sort((a, b) => a - b),
  );
}

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
