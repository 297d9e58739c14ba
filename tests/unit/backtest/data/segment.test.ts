import { closeSync, mkdtempSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountIndex } from '../../../../backtest/data/accounts.ts';
import { columnsOf, eventsOf } from '../../../../backtest/data/columns-builder.ts';
import { columnNames, columnTypes, type EventColumns } from '../../../../backtest/data/event-columns.ts';
import { encodeSegment } from '../../../../backtest/data/segment/encode-segment.ts';
import { readColumns, readLayout } from '../../../../backtest/data/segment/read-segment.ts';
import type { GridEvent } from '../../../../src/contract/index.ts';
import { CorruptionError } from '../../../../src/core/index.ts';
import { arbitraryEvents } from '../../../support/arbitrary-events.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';
import { contractLog } from '../../../support/recorded-events.ts';

const path = join(mkdtempSync(join(tmpdir(), 'wattmaker-segment-')), 'events.arrow');
const segmentOf = (events: readonly GridEvent[]): Uint8Array => encodeSegment(columnsOf(events), new Map([['a', 'b']]));

function read(bytes: Uint8Array): readonly GridEvent[] {
  writeFileSync(path, bytes);
  const descriptor = openSync(path, 'r');
  try {
    const layout = readLayout({ path, descriptor });
    const first = tableFromIPC(bytes).get(0)?.sequence as bigint;
    const target = {
      length: layout.rows,
      firstSequence: Number(first),
      accounts: new AccountIndex(),
      ...Object.fromEntries(columnNames.map((name) => [name, new columnTypes[name](layout.rows)])),
    } as unknown as EventColumns;
    readColumns({ path, descriptor }, layout, target, 0);
    return [...eventsOf(target)];
  } finally {
    closeSync(descriptor);
  }
}

describe('a segment', () => {
  it(
    'behavior: gives back every kind of event exactly, whatever the values',
    () => {
      fc.assert(
        fc.property(arbitraryEvents, (events) => {
          expect(read(segmentOf(events))).toEqual(events);
        }),
        fuzzParameters('segment', { runs: 150, seconds: 20 }),
      );
    },
    FUZZ_TIMEOUT,
  );

  it('behavior: is an Arrow file that others read: names for numbers, null where a kind has no such value', () => {
    const events = contractLog(1).map(({ event }) => event);
    const rows = tableFromIPC(segmentOf(events)).toArray();
    const bought = events.at(-1) as GridEvent & { topic: 'trade-bought' };
    expect(rows.at(-1)?.toJSON()).toEqual({
      sequence: BigInt(bought.sequence),
      kind: 'trade-bought',
      height: 11,
      transaction: null,
      account: bought.seller,
      other: bought.buyer,
      operator: bought.operator,
      trade: 1,
      grant: null,
      amount: 1,
      price: 50,
      second: null,
      mark: null,
      energy: bought.sellerEnergy,
      funds: bought.sellerFunds,
      buyerEnergy: bought.buyerEnergy,
      buyerFunds: bought.buyerFunds,
    });
    expect(rows[0]?.toJSON()).toMatchObject({ kind: 'prosumer-registered', other: null, amount: null, energy: null });
  });

  it('behavior: says what it is of, and its columns what they hold', () => {
    const { schema } = tableFromIPC(segmentOf(contractLog(1).map(({ event }) => event)));
    expect(schema.metadata.get('a')).toBe('b');
    const price = schema.fields.find(({ name }) => name === 'price');
    expect(price?.metadata.get('unit')).toBe('µSTX/Wh');
    expect(schema.fields.every(({ metadata }) => metadata.has('meaning'))).toBe(true);
  });

  it('error: a file that is none, or was cut', () => {
    expect(() => read(segmentOf(contractLog(1).map(({ event }) => event)).slice(0, -4))).toThrow();
    const readCut = (length: number): void => {
      writeFileSync(path, segmentOf(contractLog(3).map(({ event }) => event)));
      truncateSync(path, length);
      const descriptor = openSync(path, 'r');
      try {
        readLayout({ path, descriptor });
      } finally {
        closeSync(descriptor);
      }
    };
    for (const length of [0, 9, 100, 1_000]) expect(() => readCut(length), `${length} bytes`).toThrow(CorruptionError);
  });
});
