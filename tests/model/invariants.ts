import { expect } from 'vitest';
import { eventDigest, type GridEvent, OPENING_DIGEST, reads, type TradeRecord } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import { encodeEvent } from '../support/grid-encoding.ts';
import { contractId } from '../support/simnet.ts';
import { cast } from './cast.ts';
import { idsUpToNext, parts } from './compare.ts';
import type { Stage } from './stage.ts';

type EventOf<Topic extends GridEvent['topic']> = Extract<GridEvent, { topic: Topic }>;

/** Sweeps C1 to C8 over all that the contract stores and all that it printed; none of it asks the model. */
export function sweepInvariants(stage: Stage): void {
  const { grid, played } = stage;
  const events = played.flatMap((call) => call.events);
  const trades = [...parts(idsUpToNext(stage))].flatMap((ids) => grid.read(reads.trades(ids)));
  sweepBalances(stage, events, trades);
  sweepOffers(events, trades);
  sweepRefusals(stage);
  sweepGrants(events);
  sweepLog(stage, events);
  sweepOwner(stage);
}

/** C1 to C3 on the balances as the contract stores them. */
function sweepBalances(stage: Stage, events: readonly GridEvent[], trades: readonly (TradeRecord | null)[]): void {
  const { grid, donated } = stage;
  const { totalFunds, gridBalance } = grid.read(reads.market());
  const metered = new Set(events.flatMap((event) => (event.topic === 'reading-recorded' ? [event.prosumer] : [])));
  let fundsSum = 0n;
  let energySum = 0n;
  for (const [index, record] of grid.read(reads.prosumers(cast.everyone)).entries()) {
    if (record === null) continue;
    const account = cast.everyone[index] as Principal;
    const open = trades.filter((trade) => trade?.seller === account && trade.status === 'open');
    const escrowed = open.reduce((sum, trade) => sum + (trade?.amount ?? 0), 0);
    expect(record.escrowed, 'C2: escrowed is what is on offer').toBe(escrowed);
    expect(record.openTrades, 'the number of open offers').toBe(open.length);
    expect(open.length, 'at most 100 open offers').toBeLessThanOrEqual(100);
    expect(record.funds, 'C3: funds are never negative').toBeGreaterThanOrEqual(0);
    if (!metered.has(account)) {
      expect(record.energy, 'C3: only a reading makes energy negative').toBeGreaterThanOrEqual(0);
    }
    fundsSum += BigInt(record.funds);
    energySum += BigInt(record.energy) + BigInt(record.escrowed);
  }
  expect(totalFunds, 'C1: total funds are the sum of funds').toBe(fundsSum);
  expect(grid.balance(contractId), 'C1: the contract holds all funds').toBe(totalFunds + donated);
  expect(gridBalance, 'C2: the grid balance is all energy').toBe(energySum);
}

/** C4: an id is listed once and leaves once, with the terms that it was listed with. */
function sweepOffers(events: readonly GridEvent[], trades: readonly (TradeRecord | null)[]): void {
  const listed = new Map<number, EventOf<'trade-listed'>>();
  const left = new Map<number, 'completed' | 'cancelled'>();
  for (const event of events) {
    if (event.topic === 'trade-listed') listed.set(event.tradeId, event);
    if (event.topic !== 'trade-bought' && event.topic !== 'trade-cancelled') continue;
    const { seller, amount } = listed.get(event.tradeId) ?? {};
    expect({ seller: event.seller, amount: event.amount }, 'C4: as it was listed').toEqual({ seller, amount });
    if (event.topic === 'trade-bought') expect(event.price, 'C4').toBe(listed.get(event.tradeId)?.price);
    expect(left.has(event.tradeId), 'C4: it leaves once').toBe(false);
    left.set(event.tradeId, event.topic === 'trade-bought' ? 'completed' : 'cancelled');
  }
  for (const [index, trade] of trades.entries()) {
    const id = index + 1;
    const event = listed.get(id);
    if (trade === null) expect(event).toBeUndefined();
    else {
      const { seller, amount, price, openUntil, operator: lister } = event as EventOf<'trade-listed'>;
      expect(trade, 'C4: its terms never change').toMatchObject({ seller, amount, price, openUntil, lister });
      expect(trade.status, 'C4').toBe(left.get(id) ?? 'open');
    }
  }
}

/** C5: what failed printed nothing, and what succeeded printed one event (compared with all reads after each call). */
function sweepRefusals({ played }: Stage): void {
  for (const { answer, events } of played) {
    const changes = answer.entries.filter((entry) => entry === 'ok').length;
    const isBatch = events.length > 1 || answer.entries.length > 0;
    if (answer.outcome !== 'ok') expect(events, 'C5').toEqual([]);
    else if (isBatch) expect(events.length, 'C5: one event for each entry that succeeded').toBe(changes);
    else expect(events.length, 'C5').toBeLessThanOrEqual(1);
  }
}

/** C6: what was spent, and what was sold or is on offer, under each grant, at which prices and heights. */
function sweepGrants(events: readonly GridEvent[]): void {
  const grants = new Map<number, EventOf<'delegation-granted'>>();
  const inForce = new Map<string, number>();
  const listings = new Map<number, EventOf<'trade-listed'>>();
  const spent = new Map<number, bigint>();
  const offered = new Map<number, bigint>();
  const add = (sums: Map<number, bigint>, grant: number, value: number): bigint => {
    const sum = (sums.get(grant) ?? 0n) + BigInt(value);
    sums.set(grant, sum);
    return sum;
  };
  const grantOf = (prosumer: Principal, operator: Principal, height: number): EventOf<'delegation-granted'> => {
    const grant = grants.get(inForce.get(`${prosumer} ${operator}`) ?? 0);
    expect(grant, 'C6: an operator acts under a grant in force').toBeDefined();
    expect(height, 'C6: up to its last height').toBeLessThanOrEqual(grant?.expiresAt ?? -1);
    return grant as EventOf<'delegation-granted'>;
  };
  for (const event of events) {
    if (event.topic === 'delegation-granted') {
      grants.set(event.grantId, event);
      inForce.set(`${event.prosumer} ${event.operator}`, event.grantId);
    } else if (event.topic === 'delegation-revoked') inForce.delete(`${event.prosumer} ${event.operator}`);
    else if (event.topic === 'trade-listed') {
      listings.set(event.tradeId, event);
      if (event.operator === event.seller) continue;
      const grant = grantOf(event.seller, event.operator, event.height);
      expect(event.price, 'C6: the lowest sell price').toBeGreaterThanOrEqual(grant.minSellPrice);
      expect(add(offered, grant.grantId, event.amount) <= BigInt(grant.energyLimit), 'C6: the energy limit').toBe(true);
    } else if (event.topic === 'trade-cancelled') {
      const listing = listings.get(event.tradeId);
      if (listing?.grant) add(offered, listing.grant.id, -event.amount);
    } else if (event.topic === 'trade-bought' && event.operator !== event.buyer) {
      const grant = grantOf(event.buyer, event.operator, event.height);
      expect(event.price, 'C6: the highest buy price').toBeLessThanOrEqual(grant.maxBuyPrice);
      expect(add(spent, grant.grantId, event.cost) <= BigInt(grant.spendLimit), 'C6: the spend limit').toBe(true);
    }
  }
}

/** C7: the sequence is the number of events, and the digest recomputes from them. */
function sweepLog({ grid }: Stage, events: readonly GridEvent[]): void {
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  const digest = events.reduce((log, event) => eventDigest(log, encodeEvent(event)), OPENING_DIGEST);
  expect(grid.read(reads.market()), 'C7').toMatchObject({ sequence: events.length, digest });
}

/** C8: only the owner does what is the owner's. */
function sweepOwner({ played }: Stage): void {
  const topics: readonly string[] = ['energy-price-set', 'meters-required', 'meter-assigned'];
  for (const { caller, events } of played) {
    if (events.some(({ topic }) => topics.includes(topic))) expect(caller, 'C8').toBe(cast.owner);
  }
}
