import type { GridEvent } from '../../src/contract/index.ts';
import type { Sequence } from '../../src/core/index.ts';
import type { AccountIndex } from './accounts.ts';

/** The kind of an event as the column `kind` holds it. The numbers stand in recordings: never reuse one. */
export const EventKind = {
  prosumerRegistered: 1,
  energyAdded: 2,
  energyConsumed: 3,
  fundsAdded: 4,
  fundsWithdrawn: 5,
  tradeListed: 6,
  tradeCancelled: 7,
  tradeBought: 8,
  energyPriceSet: 9,
  metersRequired: 10,
  meterAssigned: 11,
  readingRecorded: 12,
  delegationGranted: 13,
  delegationRevoked: 14,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** The kind of each topic of the contract. */
export const kindOfTopic: Readonly<Record<GridEvent['topic'], EventKind>> = {
  'prosumer-registered': EventKind.prosumerRegistered,
  'energy-added': EventKind.energyAdded,
  'energy-consumed': EventKind.energyConsumed,
  'funds-added': EventKind.fundsAdded,
  'funds-withdrawn': EventKind.fundsWithdrawn,
  'trade-listed': EventKind.tradeListed,
  'trade-cancelled': EventKind.tradeCancelled,
  'trade-bought': EventKind.tradeBought,
  'energy-price-set': EventKind.energyPriceSet,
  'meters-required': EventKind.metersRequired,
  'meter-assigned': EventKind.meterAssigned,
  'reading-recorded': EventKind.readingRecorded,
  'delegation-granted': EventKind.delegationGranted,
  'delegation-revoked': EventKind.delegationRevoked,
};

/** In an account column: no such account. In `transaction`: not known. */
export const NONE = 0xffff_ffff;
/** In `mark`: the offer has no expiry. */
export const NO_HEIGHT = -1;
/** In `grant`: no grant; the contract's first is 1. */
export const NO_GRANT = 0;

/**
 * Events without gaps, a column each field, a row each event. A row uses the columns of its kind; the others hold 0
 * (account columns and `transaction`: NONE).
 *
 * | column | holds |
 * | --- | --- |
 * | kind | an EventKind |
 * | height | of the block |
 * | transaction | index of the transaction in its block, or NONE where that is not known |
 * | account | the prosumer; of an offer the seller |
 * | other | the buyer (bought), the meter (assigned, reading) |
 * | operator | who listed, cancelled or bought; of a delegation its operator |
 * | trade | the trade id |
 * | grant | the grant id, or NO_GRANT |
 * | amount | Wh of an offer or of energy; µSTX of funds; Wh produced (reading); spend limit (granted); 1 or 0 (meters required) |
 * | price | of an offer, the energy price; the highest buy price (granted) |
 * | second | what the grant has left (listed, cancelled, bought); Wh consumed (reading); energy limit (granted) |
 * | mark | open-until, or NO_HEIGHT (listed); reading id (reading); expiry height (granted) |
 * | energy | energy balance of `account` after the event |
 * | funds | funds balance of `account` after the event; the lowest sell price (granted) |
 * | buyerEnergy, buyerFunds | balances of `other` after the event (bought) |
 *
 * A purchase's cost is amount × price. Float64 columns hold safe integers exactly; the contract counts heights, trades
 * and grants one by one, so 32 bits hold them.
 */
export interface EventColumns {
  /** Rows in use; the arrays may be longer. */
  readonly length: number;
  /** Of the first row; each row's is one higher than the row's before. */
  readonly firstSequence: Sequence;
  /** What the account columns number; several EventColumns of a recording share one. */
  readonly accounts: AccountIndex;
  readonly kind: Uint8Array;
  readonly height: Uint32Array;
  readonly transaction: Uint32Array;
  readonly account: Uint32Array;
  readonly other: Uint32Array;
  readonly operator: Uint32Array;
  readonly trade: Uint32Array;
  readonly grant: Uint32Array;
  readonly amount: Float64Array;
  readonly price: Float64Array;
  readonly second: Float64Array;
  readonly mark: Float64Array;
  readonly energy: Float64Array;
  readonly funds: Float64Array;
  readonly buyerEnergy: Float64Array;
  readonly buyerFunds: Float64Array;
}

/** The arrays among the columns and their element types, in their order in recordings. */
export const columnTypes = {
  kind: Uint8Array,
  height: Uint32Array,
  transaction: Uint32Array,
  account: Uint32Array,
  other: Uint32Array,
  operator: Uint32Array,
  trade: Uint32Array,
  grant: Uint32Array,
  amount: Float64Array,
  price: Float64Array,
  second: Float64Array,
  mark: Float64Array,
  energy: Float64Array,
  funds: Float64Array,
  buyerEnergy: Float64Array,
  buyerFunds: Float64Array,
} as const;
export type ColumnName = keyof typeof columnTypes;
export const columnNames = Object.keys(columnTypes) as readonly ColumnName[];

/**
 * Columns of one shape, whoever makes them: loops over rows are compiled for the shapes that they have seen, and objects put
 * together by spreading have many.
 */
export class Columns implements EventColumns {
  readonly length: number;
  readonly firstSequence: Sequence;
  readonly accounts: AccountIndex;
  readonly kind: EventColumns['kind'];
  readonly height: EventColumns['height'];
  readonly transaction: EventColumns['transaction'];
  readonly account: EventColumns['account'];
  readonly other: EventColumns['other'];
  readonly operator: EventColumns['operator'];
  readonly trade: EventColumns['trade'];
  readonly grant: EventColumns['grant'];
  readonly amount: EventColumns['amount'];
  readonly price: EventColumns['price'];
  readonly second: EventColumns['second'];
  readonly mark: EventColumns['mark'];
  readonly energy: EventColumns['energy'];
  readonly funds: EventColumns['funds'];
  readonly buyerEnergy: EventColumns['buyerEnergy'];
  readonly buyerFunds: EventColumns['buyerFunds'];

  constructor(
    { length, firstSequence, accounts }: Omit<EventColumns, ColumnName>,
    arrays: Readonly<Pick<EventColumns, ColumnName>>,
  ) {
    this.length = length;
    this.firstSequence = firstSequence;
    this.accounts = accounts;
    this.kind = arrays.kind;
    this.height = arrays.height;
    this.transaction = arrays.transaction;
    this.account = arrays.account;
    this.other = arrays.other;
    this.operator = arrays.operator;
    this.trade = arrays.trade;
    this.grant = arrays.grant;
    this.amount = arrays.amount;
    this.price = arrays.price;
    this.second = arrays.second;
    this.mark = arrays.mark;
    this.energy = arrays.energy;
    this.funds = arrays.funds;
    this.buyerEnergy = arrays.buyerEnergy;
    this.buyerFunds = arrays.buyerFunds;
  }
}
