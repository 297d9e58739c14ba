import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../../../backtest/data/columns-builder.ts';
import { kindOfTopic } from '../../../../../backtest/data/event-columns.ts';
import type { GenerateParameters } from '../../../../../backtest/data/generate/generate-events.ts';
import { generateRecording } from '../../../../../backtest/data/generate/generate-recording.ts';
import { loadColumns, openingMarket, openRecording } from '../../../../../backtest/data/recording/open-recording.ts';
import type { GridCall, GridEvent } from '../../../../../src/contract/index.ts';
import { ConfigError, type Principal } from '../../../../../src/core/index.ts';
import { decide, evolve, type MarketState } from '../../../../../src/market/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../../support/fuzz.ts';

const small: GenerateParameters = { events: 2_000, accounts: 20, openOffers: 20, eventsPerBlock: 10 };
const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'wattmaker-generated-')), 'market');

function generated(seed: number, parameters: GenerateParameters) {
  const folder = newFolder();
  generateRecording(folder, { seed, parameters, segmentEvents: 600 });
  const recording = openRecording(folder);
  return { recording, events: [...eventsOf(loadColumns(recording))], opening: openingMarket(recording.manifest) };
}

/** The call that leads to an event, and who makes it. */
function callOf(event: GridEvent, owner: Principal): readonly [Principal, GridCall] {
  switch (event.topic) {
    case 'prosumer-registered':
      return [event.prosumer, { kind: 'registerProsumer' }];
    case 'energy-added':
      return [event.prosumer, { kind: 'addEnergy', amount: BigInt(event.amount) }];
    case 'energy-consumed':
      return [event.prosumer, { kind: 'consumeEnergy', amount: BigInt(event.amount) }];
    case 'funds-added':
      return [event.prosumer, { kind: 'addFunds', amount: BigInt(event.amount) }];
    case 'funds-withdrawn':
      return [event.prosumer, { kind: 'withdrawFunds', amount: BigInt(event.amount) }];
    case 'trade-listed': {
      const { seller, openUntil, operator } = event;
      const terms = { amount: BigInt(event.amount), price: BigInt(event.price) };
      if (openUntil === null) return [operator, { kind: 'tradeEnergy', ...terms }];
      const until = BigInt(openUntil);
      return [
        operator,
        { kind: 'tradeEnergyFor', validUntil: until, openUntil: until, entries: [{ seller, ...terms }] },
      ];
    }
    case 'trade-cancelled':
      return [event.operator, { kind: 'cancelTrade', tradeId: BigInt(event.tradeId) }];
    case 'trade-bought': {
      const { buyer, tradeId, amount, price } = event;
      const entry = { buyer, tradeId: BigInt(tradeId), amount: BigInt(amount), maxPrice: BigInt(price) };
      return [event.operator, { kind: 'buyEnergyFor', validUntil: BigInt(event.height), entries: [entry] }];
    }
    case 'energy-price-set':
      return [owner, { kind: 'setEnergyPrice', price: BigInt(event.price) }];
    case 'meters-required':
      return [owner, { kind: 'requireMeters', required: event.required }];
    case 'meter-assigned':
      return [owner, { kind: 'assignMeter', prosumer: event.prosumer, meter: event.meter }];
    case 'reading-recorded': {
      const { prosumer, readingId, produced, consumed } = event;
      const amounts = { readingId: BigInt(readingId), produced: BigInt(produced), consumed: BigInt(consumed) };
      return [event.meter, { kind: 'recordReading', prosumer, ...amounts }];
    }
    case 'delegation-granted': {
      const { operator, spendLimit, energyLimit, maxBuyPrice, minSellPrice, expiresAt } = event;
      const limits = { spendLimit: BigInt(spendLimit), energyLimit: BigInt(energyLimit) };
      const prices = { maxBuyPrice: BigInt(maxBuyPrice), minSellPrice: BigInt(minSellPrice) };
      return [
        event.prosumer,
        { kind: 'delegateTrading', operator, ...limits, ...prices, expiresAt: BigInt(expiresAt) },
      ];
    }
    case 'delegation-revoked':
      return [event.prosumer, { kind: 'revokeDelegation', operator: event.operator }];
  }
}

/** Makes each event's call by the contract's rules, and holds the event to what they answer. Answers the states. */
function replayed(opening: MarketState, events: readonly GridEvent[]): MarketState[] {
  let state = opening;
  return events.map((event) => {
    const [caller, call] = callOf(event, opening.owner);
    const decision = decide(state, call, { caller, height: event.height });
    expect(decision.ok ? decision.events : decision.error).toEqual([event]);
    state = evolve(state, event);
    return state;
  });
}

describe('a generated recording', () => {
  it(
    'property: is what the rules of the contract answer to its calls, event by event',
    () => {
      fc.assert(
        fc.property(
          fc.integer(),
          fc.integer({ min: 2, max: 12 }),
          fc.integer({ min: 1, max: 15 }),
          (seed, accounts, open) => {
            const { events, opening } = generated(seed, { events: 400, accounts, openOffers: open, eventsPerBlock: 4 });
            expect(events).toHaveLength(400);
            replayed(opening, events);
          },
        ),
        fuzzParameters('generate', { runs: 8, seconds: 30 }),
      );
    },
    FUZZ_TIMEOUT,
  );

  it('behavior: has every kind of event, and so many offers open once it has begun', () => {
    const { events, opening } = generated(7, small);
    expect([...new Set(events.map(({ topic }) => topic))].sort()).toEqual(Object.keys(kindOfTopic).sort());
    const open = replayed(opening, events).map(({ openOffers }) => openOffers.length);
    const begun = open.findIndex((count) => count >= small.openOffers);
    expect(begun).toBeLessThan(300);
    expect(Math.min(...open.slice(begun))).toBe(small.openOffers);
    const perBlock = events.reduce(
      (counts, { height }) => counts.set(height, (counts.get(height) ?? 0) + 1),
      new Map(),
    );
    expect(Math.max(...perBlock.values())).toBe(10);
  });

  it('behavior: is the same for the same seed, and its parts make no difference to the events', () => {
    const [one, two, other] = [generated(3, small), generated(3, small), generated(4, small)];
    expect(one.recording.hash).toBe(two.recording.hash);
    expect(other.events).not.toEqual(one.events);
    expect(one.recording.manifest.segments.length).toBeGreaterThan(2);
    const folder = newFolder();
    generateRecording(folder, { seed: 3, parameters: small });
    expect([...eventsOf(loadColumns(openRecording(folder)))]).toEqual(one.events);
  });

  it('error: parameters that no market can be made of, a folder that is not free', () => {
    const make = (more: Partial<GenerateParameters>, folder = newFolder()) =>
      generateRecording(folder, { seed: 1, parameters: { ...small, ...more } });
    expect(() => make({ events: 100 })).toThrow('expected at least 142 events to set up such a market, was 100');
    expect(() => make({ accounts: 1 })).toThrow(ConfigError);
    expect(() => make({ openOffers: 1_001 })).toThrow('expected at most 50 open offers an account');
    expect(() => make({ eventsPerBlock: 0 })).toThrow('expected eventsPerBlock of 1 or more, was 0');
    const taken = newFolder();
    mkdirSync(taken);
    writeFileSync(join(taken, 'notes.txt'), '');
    expect(() => make({}, taken)).toThrow('found "notes.txt"');
    expect(existsSync(`${taken}.partial`)).toBe(false);
  });
});
