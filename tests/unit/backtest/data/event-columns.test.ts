import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountIndex } from '../../../../backtest/data/accounts.ts';
import { columnsOf, columnsSlice, EventColumnsBuilder, eventsOf } from '../../../../backtest/data/columns-builder.ts';
import { EventKind, kindOfTopic, NONE } from '../../../../backtest/data/event-columns.ts';
import { readRow } from '../../../../backtest/data/event-rows.ts';
import type { GridEvent } from '../../../../src/contract/index.ts';
import { sequence } from '../../../../src/core/index.ts';
import { arbitraryEvents } from '../../../support/arbitrary-events.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';
import { testPrincipal } from '../../../support/test-principal.ts';

const alice = testPrincipal(1);
const registered = (number: number, height = 5): GridEvent =>
  ({ topic: 'prosumer-registered', prosumer: alice, sequence: number, height }) as unknown as GridEvent;

describe('events as columns', () => {
  it(
    'property: come back exactly as they were, whole and in parts',
    () => {
      const parameters = fuzzParameters('event columns', { runs: 300 });
      const seen = new Set<string>();
      fc.assert(
        fc.property(arbitraryEvents, fc.nat(), (events, cutDie) => {
          const columns = columnsOf(events);
          expect([...eventsOf(columns)]).toEqual(events);
          const cut = cutDie % (events.length + 1);
          const parts = [columnsSlice(columns, 0, cut), columnsSlice(columns, cut, events.length)];
          expect(parts.flatMap((part) => [...eventsOf(part)])).toEqual(events);
          for (const { topic } of events) seen.add(topic);
        }),
        parameters as never,
      );
      if (parameters.numRuns && parameters.numRuns >= 100)
        expect([...seen].sort()).toEqual(Object.keys(kindOfTopic).sort());
    },
    FUZZ_TIMEOUT,
  );

  it('behavior: each topic has a kind of its own', () => {
    expect(new Set(Object.values(kindOfTopic)).size).toBe(Object.keys(kindOfTopic).length);
    expect(new Set(Object.values(kindOfTopic))).toEqual(new Set(Object.values(EventKind)));
  });

  it('behavior: columns that were taken stay as they are while their builder goes on', () => {
    const builder = new EventColumnsBuilder({
      accounts: new AccountIndex(),
      firstSequence: sequence(1),
      capacity: 1,
    });
    builder.push(registered(1), 7);
    const taken = builder.columns();
    for (let number = 2; number <= 9; number += 1) builder.push(registered(number));
    expect([...eventsOf(taken)]).toEqual([registered(1)]);
    expect([...builder.columns().transaction]).toEqual([7, ...Array.from({ length: 8 }, () => NONE)]);
  });

  it('error: a gap, a step down, a wrong cost, and a number that leaves its column', () => {
    const builder = () => new EventColumnsBuilder({ accounts: new AccountIndex(), firstSequence: sequence(1) });
    expect(() => builder().push(registered(2))).toThrow('expected event 1, was event 2');
    const started = builder();
    started.push(registered(1));
    expect(() => started.push(registered(2, 4))).toThrow('expected event 2 at height 5 or above, was at 4');
    expect(() => builder().push(registered(1, NONE))).toThrow(`expected a height from 0 to ${NONE - 1}, was ${NONE}`);
    const bought = {
      topic: 'trade-bought',
      sequence: 1,
      height: 1,
      tradeId: 1,
      seller: alice,
      buyer: alice,
      operator: alice,
      amount: 2,
      price: 3,
      cost: 7,
      grant: null,
    };
    expect(() => builder().push(bought as unknown as GridEvent)).toThrow('expected trade 1 to cost 6 µSTX, was 7');
  });

  it('error: a row that is not there, an unknown kind, an account without a name', () => {
    const columns = columnsOf([registered(1)]);
    expect(() => readRow(columns, 1)).toThrow('expected one of 1 rows, was 1');
    columns.kind[0] = 99;
    expect(() => readRow(columns, 0)).toThrow('expected the kind of an event, was 99');
    columns.kind[0] = EventKind.prosumerRegistered;
    columns.account[0] = 4;
    expect(() => readRow(columns, 0)).toThrow('expected the number of one of 1 accounts, was 4');
    expect(() => columnsOf([])).toThrow('expected at least one event, was none');
  });
});
