import { basename } from 'node:path';
import { ConfigError } from '../../../src/core/index.ts';
import type { Manifest } from '../recording/manifest.ts';
import { numberCell, readRows, textCell, timeCell } from './cells.ts';
import { type EnergyColumn, energyColumns, wattHours } from './household-columns.ts';
import { type ImportWriter, type OnProgress, writeImport } from './import-writer.ts';
import { fileHash, readTable, type TableRow } from './table-file.ts';

export interface ImportHouseholdsOptions {
  /** A row for each slot, or for each slot and household: a time, load and PV, and maybe a price. */
  readonly file: string;
  /** The column of the slot's beginning. */
  readonly timeColumn: string;
  /** The column of the energy price; null where there is none. */
  readonly priceColumn: string | null;
  /** µSTX per Wh that one unit of the price column stands for. */
  readonly priceScale: number;
  /** What a lower energy price is raised to, in µSTX per Wh; null refuses such a row. */
  readonly priceFloor: number | null;
  /** Seconds of a block. */
  readonly blockSeconds: number;
  readonly onProgress?: OnProgress;
}

/** What a household used or made in a slot, as its row says it. */
interface Energy extends Pick<EnergyColumn, 'what' | 'unit'> {
  readonly household: string;
  readonly value: number;
}

interface Slot {
  readonly where: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** µSTX per Wh. */
  readonly price: number | null;
  readonly energies: readonly Energy[];
}

/**
 * Makes a recording of households' load and PV, and of the energy price: each household is a prosumer with a meter, which
 * reports each slot at its end; the price is set at a slot's beginning, where it changes.
 *
 * @throws ConfigError naming the rows that cannot be read.
 */
export async function importHouseholds(folder: string, options: ImportHouseholdsOptions): Promise<Manifest> {
  const { file, blockSeconds, timeColumn, priceColumn, priceScale, priceFloor, onProgress = () => {} } = options;
  const slots = mergeSlots(await readRows(readTable(file), (row) => slotOf(row, options)));
  const [first, second] = slots;
  if (first === undefined || second === undefined) throw new ConfigError(`expected two slots or more in "${file}"`);
  const slotMs = second.time - first.time;
  assertEven(slots, slotMs);
  const parameters = { blockSeconds, timeColumn, priceScale };
  const origin = {
    files: [{ name: basename(file), sha256: await fileHash(file) }],
    parameters: {
      ...parameters,
      ...(priceColumn === null ? {} : { priceColumn }),
      ...(priceFloor === null ? {} : { priceFloor }),
    },
  };
  const heightAt = (time: number): number => 1 + Math.floor((time - first.time) / (blockSeconds * 1000));
  return writeImport(folder, { origin, onProgress }, (writer) => {
    for (const household of new Set(slots.flatMap(({ energies }) => energies.map((each) => each.household)))) {
      settle(writer, household, first.where);
    }
    for (const [index, slot] of slots.entries()) {
      setPrice(writer, slot, heightAt(slot.time));
      report(writer, slot, {
        height: heightAt(slot.time + slotMs),
        readingId: index + 1,
        slotHours: slotMs / 3_600_000,
      });
    }
  });
}

/** Slots may be left out, but all are as long as the first: their power would make another energy. */
function assertEven(slots: readonly Slot[], slotMs: number): void {
  const [first] = slots;
  const odd = slots.find(({ time }) => (time - (first?.time ?? 0)) % slotMs !== 0);
  if (odd === undefined) return;
  throw new ConfigError(
    `${odd.where}: expected slots of ${slotMs / 60_000} minutes, as the first is, was ${new Date(odd.time).toISOString()}`,
  );
}

function slotOf(row: TableRow, options: ImportHouseholdsOptions): Slot {
  const { where, cells } = row;
  return {
    where,
    time: timeCell(row, options.timeColumn),
    price: priceOf(row, options),
    energies: energyColumns(Object.keys(cells)).map(({ column, what, unit, household }) => {
      const value = numberCell(row, column);
      if (value < 0) throw new ConfigError(`${where}: expected no negative energy in "${column}", was "${value}"`);
      return { what, unit, household: household ?? textCell(row, 'household'), value };
    }),
  };
}

/** Rounded to the nearest whole µSTX per Wh (half up). */
function priceOf(row: TableRow, { priceColumn, priceScale, priceFloor }: ImportHouseholdsOptions): number | null {
  if (priceColumn === null) return null;
  const price = Math.round(numberCell(row, priceColumn) * priceScale);
  if (priceFloor !== null && price < priceFloor) return priceFloor;
  if (price >= 1) return price;
  throw new ConfigError(`${row.where}: expected a price of 1 µSTX per Wh or more in "${priceColumn}", was ${price}`, {
    hints: ['Raise lower prices with --price-floor, or scale them with --price-scale.'],
  });
}

/** Rows of one time are one slot; times go forward. */
function mergeSlots(rows: readonly Slot[]): Slot[] {
  const slots: Slot[] = [];
  for (const row of rows) {
    const last = slots.at(-1);
    if (last !== undefined && row.time < last.time) {
      throw new ConfigError(`${row.where}: expected times that go forward, was ${new Date(row.time).toISOString()}`);
    }
    if (last?.time === row.time) {
      const twice = row.energies.find((own) =>
        last.energies.some(({ household, what }) => household === own.household && what === own.what),
      );
      if (twice !== undefined) {
        throw new ConfigError(
          `${row.where}: expected ${twice.what} of "${twice.household}" once at ${new Date(row.time).toISOString()}, was twice`,
        );
      }
      slots[slots.length - 1] = { ...last, energies: [...last.energies, ...row.energies] };
    } else slots.push(row);
  }
  return slots;
}

const meterName = (household: string): string => `meter of ${household}`;

function settle(writer: ImportWriter, household: string, where: string): void {
  const prosumer = writer.addressOf(household);
  const meter = writer.addressOf(meterName(household));
  writer.call(prosumer, { kind: 'registerProsumer' }, { height: 1, where });
  writer.call(writer.owner, { kind: 'assignMeter', prosumer, meter }, { height: 1, where });
}

function setPrice(writer: ImportWriter, { price, where }: Slot, height: number): void {
  if (price === null || writer.state.energyPrice === price) return;
  writer.call(writer.owner, { kind: 'setEnergyPrice', price: BigInt(price) }, { height, where });
}

interface ReadingPlace {
  readonly height: number;
  readonly readingId: number;
  readonly slotHours: number;
}

function report(writer: ImportWriter, slot: Slot, { height, readingId, slotHours }: ReadingPlace): void {
  const sums = new Map<string, { load: number; pv: number }>();
  for (const { household, what, unit, value } of slot.energies) {
    const sum = sums.get(household) ?? { load: 0, pv: 0 };
    sum[what] += wattHours(value, unit, slotHours);
    sums.set(household, sum);
  }
  for (const [household, { load, pv }] of sums) {
    const call = {
      kind: 'recordReading',
      prosumer: writer.addressOf(household),
      readingId: BigInt(readingId),
      produced: BigInt(pv),
      consumed: BigInt(load),
    } as const;
    writer.call(writer.addressOf(meterName(household)), call, { height, where: slot.where });
  }
}
