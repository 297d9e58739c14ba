import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EntryCall,
  eventDigest,
  type GridCall,
  type GridEvent,
  type MarketSummary,
  OPENING_DIGEST,
  reads,
} from '../../src/contract/index.ts';
import { type Principal, tradeId } from '../../src/core/index.ts';
import { delegationKey, emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { arbitraryCall } from '../support/arbitrary-call.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { actors, contractId, freshGrid, type Grid } from '../support/simnet.ts';

const { owner, alice, bob, carol, operator, rival, meter } = actors;
const prosumers = [alice, bob, carol];
const operators = [operator, rival];
const everyone = Object.values(actors);
const CALLS = 40;
const RUNS = 40;

const callSequence = fc.array(arbitraryCall({ owner, prosumers, operators, meter, heights: [15, 80] }), {
  minLength: CALLS / 2,
  maxLength: CALLS,
  size: 'max',
});

const topics: readonly GridEvent['topic'][] = [
  'prosumer-registered',
  'energy-added',
  'energy-consumed',
  'funds-added',
  'funds-withdrawn',
  'trade-listed',
  'trade-cancelled',
  'trade-bought',
  'energy-price-set',
  'meters-required',
  'meter-assigned',
  'reading-recorded',
  'delegation-granted',
  'delegation-revoked',
];

/** Everyone has energy, funds and a wide delegation, so that random calls meet a market and not a desert. */
const opening: readonly (readonly [Principal, GridCall])[] = prosumers.flatMap((prosumer) => [
  [prosumer, { kind: 'registerProsumer' }],
  [prosumer, { kind: 'addEnergy', amount: 100n }],
  [prosumer, { kind: 'addFunds', amount: 600n }],
  [
    prosumer,
    {
      kind: 'delegateTrading',
      operator,
      spendLimit: 300n,
      energyLimit: 50n,
      maxBuyPrice: 10n,
      minSellPrice: 2n,
      expiresAt: 70n,
    },
  ],
]);

/** C1 to C3 on the balances as the contract stores them. */
function balances(grid: Grid, { totalFunds, gridBalance }: MarketSummary, events: readonly GridEvent[]): void {
  const metered = new Set(events.flatMap((event) => (event.topic === 'reading-recorded' ? [event.prosumer] : [])));
  let fundsSum = 0n;
  let energySum = 0n;
  for (const [index, record] of grid.read(reads.prosumers(everyone)).entries()) {
    if (record === null) continue;
    fundsSum += BigInt(record.funds);
    energySum += BigInt(record.energy + record.escrowed);
    expect(record.funds, 'C3: funds are never negative').toBeGreaterThanOrEqual(0);
    const mayBeNegative = metered.has(everyone[index] as Principal);
    if (!mayBeNegative) expect(record.energy, 'C3: only a reading makes energy negative').toBeGreaterThanOrEqual(0);
  }
  expect(totalFunds, 'C1: total funds are the sum of funds').toBe(fundsSum);
  expect(grid.balance(contractId), 'C1: the contract holds all funds').toBe(totalFunds);
  expect(gridBalance, 'C2: grid balance').toBe(energySum);
}

/** C6 from the events alone: what was spent and what was sold or is on offer under each grant, and at which prices. */
function withinGrants(events: readonly GridEvent[]): void {
  const grants = new Map<number, Extract<GridEvent, { topic: 'delegation-granted' }>>();
  const spent = new Map<number, number>();
  const offered = new Map<number, number>();
  const listings = new Map<number, { grant: number | null; amount: number }>();
  const add = (sums: Map<number, number>, key: number, value: number) => sums.set(key, (sums.get(key) ?? 0) + value);
  for (const event of events) {
    if (event.topic === 'delegation-granted') grants.set(event.grantId, event);
    if (event.topic === 'trade-listed') {
      listings.set(event.tradeId, { grant: event.grant?.id ?? null, amount: event.amount });
      if (event.operator === event.seller) expect(event.grant).toBeNull();
      else {
        const grant = grants.get(event.grant?.id ?? 0);
        expect(grant, 'C6: only under a grant').toMatchObject({ prosumer: event.seller, operator: event.operator });
        expect(event.price, 'C6: lowest sell price').toBeGreaterThanOrEqual(grant?.minSellPrice ?? Infinity);
        add(offered, event.grant?.id ?? 0, event.amount);
        expect(offered.get(event.grant?.id ?? 0), 'C6: energy limit').toBeLessThanOrEqual(grant?.energyLimit ?? -1);
      }
    }
    if (event.topic === 'trade-cancelled') {
      const { grant = null, amount = 0 } = listings.get(event.tradeId) ?? {};
      if (grant !== null) add(offered, grant, -amount);
    }
    if (event.topic === 'trade-bought' && event.operator !== event.buyer) {
      const grant = grants.get(event.grant?.id ?? 0);
      expect(grant, 'C6: only under a grant').toMatchObject({ prosumer: event.buyer, operator: event.operator });
      expect(event.price, 'C6: highest buy price').toBeLessThanOrEqual(grant?.maxBuyPrice ?? -1);
      add(spent, event.grant?.id ?? 0, event.cost);
      expect(spent.get(event.grant?.id ?? 0), 'C6: spend limit').toBeLessThanOrEqual(grant?.spendLimit ?? -1);
    }
  }
}

/** C7: what the contract stores is what its events fold to. */
function foldIsState(grid: Grid, events: readonly GridEvent[], state: MarketState): void {
  const market = grid.read(reads.market());
  expect(market).toMatchObject({
    sequence: events.length,
    lastTradeId: state.lastTradeId,
    energyPrice: state.energyPrice,
    gridBalance: state.gridBalance,
    totalFunds: state.totalFunds,
    prosumers: state.prosumerCount,
    metersRequired: state.metersRequired,
  });
  expect(grid.read(reads.prosumers(everyone))).toEqual(everyone.map((who) => state.prosumers.get(who) ?? null));
  for (let from = 1; from <= state.lastTradeId; from += 50) {
    const ids = Array.from({ length: Math.min(50, state.lastTradeId - from + 1) }, (_, index) => tradeId(from + index));
    expect(grid.read(reads.trades(ids))).toEqual(ids.map((id) => state.trades.get(id) ?? null));
  }
  const pairs = prosumers.flatMap((prosumer) => operators.map((who) => ({ prosumer, operator: who })));
  expect(grid.read(reads.delegations(pairs))).toEqual(
    pairs.map((pair) => state.delegations.get(delegationKey(pair.prosumer, pair.operator)) ?? null),
  );
  expect(grid.read(reads.openPages([0, 1, 2]))).toEqual(state.openOffers.map(({ id }) => id).sort((a, b) => a - b));
}

/** C4 from the events alone: an id is listed once and leaves once, with the terms that it was listed with. */
function leavesOnce(events: readonly GridEvent[]): void {
  const open = new Map<number, string>();
  for (const event of events) {
    if (event.topic === 'trade-listed') {
      open.set(event.tradeId, `${event.seller} ${event.amount} ${event.price}`);
    } else if (event.topic === 'trade-bought') {
      expect(open.get(event.tradeId), 'C4').toBe(`${event.seller} ${event.amount} ${event.price}`);
      open.delete(event.tradeId);
    } else if (event.topic === 'trade-cancelled') {
      expect(open.get(event.tradeId), 'C4').toMatch(new RegExp(`^${event.seller} ${event.amount} `));
      open.delete(event.tradeId);
    }
  }
}

describe('the invariants of the contract', () => {
  let finished = 0;
  const seen = new Set<GridEvent['topic']>();

  it(
    'behavior: C1 to C7 hold after every call of a random sequence',
    async () => {
      const parameters = fuzzParameters('contract invariants', { runs: RUNS });
      await fc.assert(
        fc.asyncProperty(callSequence, async (sequence) => {
          const grid = await freshGrid();
          const events: GridEvent[] = [];
          let state = emptyMarket({ owner });
          let digest = OPENING_DIGEST;
          const steps = [...opening.map(([caller, call]) => ({ caller, call })), ...sequence];
          for (const { caller, call } of steps) {
            const { result, printed } = grid.call<GridCall | EntryCall>(caller, call);
            const changes = !result.ok ? 0 : 'entries' in result ? result.entries.filter(({ ok }) => ok).length : 1;
            expect(printed.length, 'C5, C7: one event for each change').toBe(changes);
            for (const { event, hex } of printed) {
              expect(event.sequence, 'C7: no gaps').toBe(events.length + 1);
              digest = eventDigest(digest, hex);
              events.push(event);
              state = evolve(state, event);
              seen.add(event.topic);
            }
            const market = grid.read(reads.market());
            expect(market, 'C5, C7').toMatchObject({ sequence: events.length, digest });
            balances(grid, market, events);
          }
          leavesOnce(events);
          withinGrants(events);
          foldIsState(grid, events, state);
          finished += 1;
        }),
        parameters as fc.Parameters<[unknown]>,
      );
      const silent = topics.filter((topic) => !seen.has(topic));
      // A slow machine may end the search early, a short one is asked for by FUZZ_RUNS: neither need show everything.
      if (finished >= RUNS) expect(silent, 'every kind of change occurred').toEqual([]);
    },
    FUZZ_TIMEOUT,
  );
});
