import { ConfigError, MAX_AMOUNT } from '../core/index.ts';

/** A unit by its factor to the base unit, as a power of ten: 1 kWh = 10^3 Wh. */
type Units = Readonly<Record<string, number>>;

const money: Units = { '': 0, µSTX: 0, uSTX: 0, μSTX: 0, mSTX: 3, STX: 6 };
const energy: Units = { '': 0, Wh: 0, kWh: 3, MWh: 6, GWh: 9 };
const prices: Units = { '': 0, 'µSTX/Wh': 0, 'uSTX/Wh': 0, 'μSTX/Wh': 0, 'STX/kWh': 3, 'STX/MWh': 0 };

interface Quantity {
  readonly what: string;
  readonly units: Units;
  readonly example: string;
}

const moneyAmount: Quantity = { what: 'an amount of money', units: money, example: '1500000 (µSTX) or 1.5STX' };
const energyAmount: Quantity = { what: 'an amount of energy', units: energy, example: '2000 (Wh) or 2kWh' };
const unitPrice: Quantity = { what: 'a price', units: prices, example: '90 (µSTX per Wh) or 0.09STX/kWh' };

/** Reads µSTX. @throws ConfigError for anything that is not a whole number of them. */
export const parseMicroStx = (text: string): bigint => parseQuantity(text, moneyAmount);
/** Reads Wh. @throws ConfigError for anything that is not a whole number of them. */
export const parseWh = (text: string): bigint => parseQuantity(text, energyAmount);
/** Reads µSTX per Wh. @throws ConfigError for anything that is not a whole number of them. */
export const parsePrice = (text: string): bigint => parseQuantity(text, unitPrice);

/** Reads a whole number without unit, from zero to the contract's largest. @throws ConfigError for anything else. */
export function parseCount(text: string): number {
  if (!/^\d{1,16}$/.test(text) || Number(text) > MAX_AMOUNT) {
    throw new ConfigError(`expected a whole number from 0 to ${MAX_AMOUNT}, was "${text}"`);
  }
  return Number(text);
}

function parseQuantity(text: string, { what, units, example }: Quantity): bigint {
  const match = /^(\d{1,20})(?:\.(\d{1,20}))?\s?(\D*)$/.exec(text.trim());
  const power = match === null ? undefined : units[match[3] ?? ''];
  if (match === null || power === undefined) {
    throw new ConfigError(`expected ${what} such as ${example}, was "${text}"`);
  }
  const [, whole = '', fraction = ''] = match;
  const exact = fraction.replace(/0+$/, '');
  if (exact.length > power) {
    throw new ConfigError(`expected ${what} without a remainder below the smallest unit, was "${text}"`);
  }
  const value = BigInt(whole + exact.padEnd(power, '0'));
  if (value > BigInt(MAX_AMOUNT)) throw new ConfigError(`expected ${what} of at most ${MAX_AMOUNT}, was "${text}"`);
  return value;
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** `1500000` → `1.5 STX`, exactly; the integer itself stands in JSON. */
export function showMicroStx(value: bigint | number): string {
  return `${decimal(BigInt(value), 6)} STX`;
}

/** `2500` → `2.5 kWh`, exactly. */
export function showWh(value: bigint | number): string {
  const wh = BigInt(value);
  return wh > -1000n && wh < 1000n ? `${wh} Wh` : `${decimal(wh, 3)} kWh`;
}

function decimal(value: bigint, places: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return `${sign}${grouped(digits.slice(0, -places))}${fraction === '' ? '' : `.${fraction}`}`;
}
