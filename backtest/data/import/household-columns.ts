import { ConfigError } from '../../../src/core/index.ts';

/** What a column of energy holds: Wh, kWh, or an average power over the slot in W or kW. */
const UNITS = { wh: 1, kwh: 1_000, w: 1, kw: 1_000 } as const;
type Unit = keyof typeof UNITS;

/** A column of one household's load or PV. */
export interface EnergyColumn {
  readonly column: string;
  readonly what: 'load' | 'pv';
  readonly unit: Unit;
  /** The household that it is of; null where a column `household` says so by row. */
  readonly household: string | null;
}

const PATTERN = /^(load|pv)_(wh|kwh|w|kw)(?:_(.+))?$/i;

/**
 * The columns of load and PV among a table's: `load_kwh`, `pv_kwh` beside a column `household`, or `load_kwh_NAME`,
 * `pv_kwh_NAME` for each; the unit is Wh, kWh, W or kW.
 *
 * @throws ConfigError where there are none, or only some say whose they are.
 */
export function energyColumns(names: readonly string[]): EnergyColumn[] {
  const columns = names.flatMap((column): EnergyColumn[] => {
    const [, what, unit, household = null] = PATTERN.exec(column) ?? [];
    if (what === undefined || unit === undefined) return [];
    return [{ column, what: what.toLowerCase() as EnergyColumn['what'], unit: unit.toLowerCase() as Unit, household }];
  });
  const byRow = names.includes('household');
  const bad = columns.find(({ household }) => (household === null) !== byRow);
  if (columns.length === 0 || bad !== undefined) {
    throw new ConfigError(
      `expected columns load_kwh and pv_kwh beside household, or load_kwh_NAME and pv_kwh_NAME, was ${names.join(', ')}`,
      { hints: ['The unit is wh, kwh, w or kw: a power is that of the whole slot.'] },
    );
  }
  return columns;
}

/**
 * Whole Wh of a cell, rounded to the nearest, half to even: rounding halves up would add some 0.05 Wh to every value of four
 * decimals in kWh. A power lasts for the slot.
 */
export function wattHours(value: number, unit: Unit, slotHours: number): number {
  const hours = unit === 'w' || unit === 'kw' ? slotHours : 1;
  return roundHalfEven(value * UNITS[unit] * hours);
}

/** How far a half may be off, as decimal fractions have no exact number. */
const TIE = 1e-6;

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (Math.abs(value - below - 0.5) > TIE) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
