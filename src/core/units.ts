import { CorruptionError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Energy in watt-hours, a safe integer; negative only as the balance of a metered prosumer. */
export type Wh = Branded<number, 'Wh'>;
/** Money in microSTX (1 STX = 1,000,000 µSTX), a safe integer; negative only as profit or loss. */
export type MicroStx = Branded<number, 'MicroStx'>;
/** A price in microSTX per watt-hour, a safe integer. */
export type Price = Branded<number, 'Price'>;
/** A Stacks block height. */
export type Height = Branded<number, 'Height'>;
/** The contract's number of an offer; the first is 1. */
export type TradeId = Branded<number, 'TradeId'>;
/** The contract's number of an event; the first is 1, and 0 stands before any event. */
export type Sequence = Branded<number, 'Sequence'>;
/** The contract's number of a delegation grant; the first is 1. */
export type GrantId = Branded<number, 'GrantId'>;
/** A Stacks principal in its text form, standard (`ST…`) or contract (`ST….name`). */
export type Principal = Branded<string, 'Principal'>;
/** A transaction id: 64 lower-case hex digits without `0x`. */
export type TxId = Branded<string, 'TxId'>;

/** The contract's largest amount, price, cost and balance: 2^53 − 1, so that each is exact as a JavaScript number. */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

function safeInteger(value: number | bigint, what: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new CorruptionError(`expected ${what} to be an integer within ±(2^53 − 1), was ${String(value)}`);
  }
  return number;
}

function naturalNumber(value: number | bigint, what: string): number {
  const number = safeInteger(value, what);
  if (number < 0) throw new CorruptionError(`expected ${what} not to be negative, was ${String(value)}`);
  return number;
}

/** @throws CorruptionError unless `value` is a safe integer. */
export const wh = (value: number | bigint): Wh => safeInteger(value, 'an energy amount in Wh') as Wh;
/** @throws CorruptionError unless `value` is a safe integer. */
export const microStx = (value: number | bigint): MicroStx => safeInteger(value, 'an amount in µSTX') as MicroStx;
/** @throws CorruptionError unless `value` is a non-negative safe integer. */
export const price = (value: number | bigint): Price => naturalNumber(value, 'a price in µSTX per Wh') as Price;
/** @throws CorruptionError unless `value` is a non-negative safe integer. */
export const height = (value: number | bigint): Height => naturalNumber(value, 'a block height') as Height;
/** @throws CorruptionError unless `value` is a non-negative safe integer. */
export const tradeId = (value: number | bigint): TradeId => naturalNumber(value, 'a trade id') as TradeId;
/** @throws CorruptionError unless `value` is a non-negative safe integer. */
export const sequence = (value: number | bigint): Sequence => naturalNumber(value, 'an event sequence') as Sequence;
/** @throws CorruptionError unless `value` is a non-negative safe integer. */
export const grantId = (value: number | bigint): GrantId => naturalNumber(value, 'a grant id') as GrantId;

// An address is the shorter the more zeros its hash begins with: the burn address has 29 characters.
const PRINCIPAL = /^S[0-9A-HJKMNP-TV-Z]{24,40}(\.[a-zA-Z]([a-zA-Z0-9]|[-_])*)?$/;
const TXID = /^[0-9a-f]{64}$/;

/**
 * Checks the shape only; the checksum is checked where addresses enter the system (config, command line).
 *
 * @throws CorruptionError unless `text` has the shape of a Stacks principal.
 */
export function principal(text: string): Principal {
  if (!PRINCIPAL.test(text)) throw new CorruptionError(`expected a Stacks principal such as ST…, was "${text}"`);
  return text as Principal;
}

/**
 * Accepts an id with or without `0x`.
 *
 * @throws CorruptionError unless `text` is 64 hex digits.
 */
export function txId(text: string): TxId {
  const bare = text.toLowerCase().replace(/^0x/, '');
  if (!TXID.test(bare)) throw new CorruptionError(`expected a transaction id of 64 hex digits, was "${text}"`);
  return bare as TxId;
}

/**
 * The exact cost of a whole offer: amount × price.
 *
 * @throws CorruptionError when the product leaves the safe integers; the contract admits no such offer.
 */
export function costOf(amount: Wh, unitPrice: Price): MicroStx {
  const cost = amount * unitPrice;
  // A safe product is exact; beyond, the exact one is for the error alone.
  return Number.isSafeInteger(cost) ? (cost as MicroStx) : microStx(BigInt(amount) * BigInt(unitPrice));
}
