import type { GridEvent, GridEventBody } from '../../src/contract/index.ts';
import {
  CorruptionError,
  costOf,
  grantId,
  height,
  microStx,
  type Principal,
  price,
  sequence,
  tradeId,
  unreachable,
  wh,
} from '../../src/core/index.ts';
import type { AccountIndex } from './accounts.ts';
import { type EventColumns, EventKind, kindOfTopic, NO_GRANT, NO_HEIGHT, NONE } from './event-columns.ts';

/**
 * Writes an event into a row whose columns hold 0.
 *
 * @throws CorruptionError when a value leaves its column's range, or a purchase does not cost amount × price.
 */
export function writeRow(columns: EventColumns, row: number, event: GridEvent, transaction: number): void {
  columns.kind[row] = kindOfTopic[event.topic];
  columns.height[row] = count(event.height, 'a height');
  columns.transaction[row] = transaction === NONE ? NONE : count(transaction, 'the index of a transaction');
  columns.account[row] = NONE;
  columns.other[row] = NONE;
  columns.operator[row] = NONE;
  writeBody(columns, row, event);
}

function writeBody(columns: EventColumns, row: number, event: GridEvent): void {
  switch (event.topic) {
    case 'energy-price-set':
      columns.price[row] = integer(event.price);
      return;
    case 'meters-required':
      columns.amount[row] = event.required ? 1 : 0;
      return;
    case 'trade-listed':
    case 'trade-cancelled':
    case 'trade-bought':
      writeTrade(columns, row, event);
      return;
    case 'delegation-granted':
    case 'delegation-revoked':
      writeDelegation(columns, row, event);
      return;
    default:
      writeProsumer(columns, row, event);
  }
}

type EventOf<Topic extends GridEvent['topic']> = Extract<GridEvent, { topic: Topic }>;

function writeTrade(
  columns: EventColumns,
  row: number,
  event: EventOf<'trade-listed' | 'trade-cancelled' | 'trade-bought'>,
): void {
  const { accounts } = columns;
  columns.account[row] = accounts.numberOf(event.seller);
  columns.operator[row] = accounts.numberOf(event.operator);
  columns.trade[row] = count(event.tradeId, 'a trade id');
  columns.amount[row] = integer(event.amount);
  columns.grant[row] = event.grant === null ? NO_GRANT : grantNumber(event.grant.id);
  if (event.topic === 'trade-bought') {
    const cost = costOf(event.amount, event.price);
    if (event.cost !== cost) {
      throw new CorruptionError(`expected trade ${event.tradeId} to cost ${cost} µSTX, was ${event.cost}`);
    }
    columns.other[row] = accounts.numberOf(event.buyer);
    columns.price[row] = integer(event.price);
    columns.energy[row] = integer(event.sellerEnergy);
    columns.funds[row] = integer(event.sellerFunds);
    columns.buyerEnergy[row] = integer(event.buyerEnergy);
    columns.buyerFunds[row] = integer(event.buyerFunds);
    columns.second[row] = event.grant === null ? 0 : integer(event.grant.spendLeft);
    return;
  }
  columns.energy[row] = integer(event.energyBalance);
  columns.second[row] = event.grant === null ? 0 : integer(event.grant.energyLeft);
  if (event.topic === 'trade-cancelled') return;
  columns.price[row] = integer(event.price);
  columns.mark[row] = event.openUntil === null ? NO_HEIGHT : integer(event.openUntil);
}

function writeDelegation(
  columns: EventColumns,
  row: number,
  event: EventOf<'delegation-granted' | 'delegation-revoked'>,
): void {
  columns.account[row] = columns.accounts.numberOf(event.prosumer);
  columns.operator[row] = columns.accounts.numberOf(event.operator);
  columns.grant[row] = grantNumber(event.grantId);
  if (event.topic === 'delegation-revoked') return;
  columns.amount[row] = integer(event.spendLimit);
  columns.second[row] = integer(event.energyLimit);
  columns.price[row] = integer(event.maxBuyPrice);
  columns.funds[row] = integer(event.minSellPrice);
  columns.mark[row] = integer(event.expiresAt);
}

function writeProsumer(
  columns: EventColumns,
  row: number,
  event: EventOf<
    | 'prosumer-registered'
    | 'energy-added'
    | 'energy-consumed'
    | 'funds-added'
    | 'funds-withdrawn'
    | 'meter-assigned'
    | 'reading-recorded'
  >,
): void {
  columns.account[row] = columns.accounts.numberOf(event.prosumer);
  switch (event.topic) {
    case 'prosumer-registered':
      return;
    case 'energy-added':
    case 'energy-consumed':
      columns.amount[row] = integer(event.amount);
      columns.energy[row] = integer(event.energyBalance);
      return;
    case 'funds-added':
    case 'funds-withdrawn':
      columns.amount[row] = integer(event.amount);
      columns.funds[row] = integer(event.fundsBalance);
      return;
    case 'meter-assigned':
      columns.other[row] = columns.accounts.numberOf(event.meter);
      return;
    case 'reading-recorded':
      columns.other[row] = columns.accounts.numberOf(event.meter);
      columns.mark[row] = integer(event.readingId);
      columns.amount[row] = integer(event.produced);
      columns.second[row] = integer(event.consumed);
      columns.energy[row] = integer(event.energyBalance);
      return;
    default:
      unreachable(event, 'event of a prosumer');
  }
}

function integer(value: number): number {
  if (!Number.isSafeInteger(value)) throw new CorruptionError(`expected a safe integer, was ${value}`);
  return value;
}

function count(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value >= NONE) {
    throw new CorruptionError(`expected ${what} from 0 to ${NONE - 1}, was ${value}`);
  }
  return value;
}

function grantNumber(id: number): number {
  if (id === NO_GRANT) throw new CorruptionError(`expected a grant id of 1 or above, was ${id}`);
  return count(id, 'a grant id');
}

/**
 * The event of a row, as the contract printed it.
 *
 * @throws CorruptionError for a row outside the columns, an unknown kind, or a value that the contract cannot print.
 */
export function readRow(columns: EventColumns, row: number): GridEvent {
  if (!Number.isInteger(row) || row < 0 || row >= columns.length) {
    throw new CorruptionError(`expected one of ${columns.length} rows, was ${row}`);
  }
  return {
    ...readBody(columns, row),
    sequence: sequence(columns.firstSequence + row),
    height: height(columns.height[row] as number),
  };
}

function readBody(columns: EventColumns, row: number): GridEventBody {
  const kind = columns.kind[row] as EventKind;
  switch (kind) {
    case EventKind.energyPriceSet:
      return { topic: 'energy-price-set', price: price(cell(columns.price, row)) };
    case EventKind.metersRequired:
      return { topic: 'meters-required', required: columns.amount[row] === 1 };
    case EventKind.tradeListed:
    case EventKind.tradeCancelled:
    case EventKind.tradeBought:
      return readTrade(columns, row, kind);
    case EventKind.delegationGranted:
    case EventKind.delegationRevoked:
      return readDelegation(columns, row, kind);
    default:
      return readProsumer(columns, row, kind);
  }
}

/** A column's value; the row is one of the columns'. */
const cell = (column: Float64Array | Uint32Array, row: number): number => column[row] as number;

const named = (accounts: AccountIndex, column: Uint32Array, row: number): Principal =>
  accounts.nameOf(cell(column, row));

function readTrade(columns: EventColumns, row: number, kind: EventKind): GridEventBody {
  const { accounts } = columns;
  const grant = cell(columns.grant, row) === NO_GRANT ? null : grantId(cell(columns.grant, row));
  const left = cell(columns.second, row);
  const common = {
    tradeId: tradeId(cell(columns.trade, row)),
    seller: named(accounts, columns.account, row),
    operator: named(accounts, columns.operator, row),
    amount: wh(cell(columns.amount, row)),
  };
  if (kind === EventKind.tradeBought) {
    const unitPrice = price(cell(columns.price, row));
    return {
      ...common,
      topic: 'trade-bought',
      buyer: named(accounts, columns.other, row),
      price: unitPrice,
      cost: costOf(common.amount, unitPrice),
      buyerEnergy: wh(cell(columns.buyerEnergy, row)),
      buyerFunds: microStx(cell(columns.buyerFunds, row)),
      sellerEnergy: wh(cell(columns.energy, row)),
      sellerFunds: microStx(cell(columns.funds, row)),
      grant: grant && { id: grant, spendLeft: microStx(left) },
    };
  }
  const offer = {
    ...common,
    energyBalance: wh(cell(columns.energy, row)),
    grant: grant && { id: grant, energyLeft: wh(left) },
  };
  if (kind === EventKind.tradeCancelled) return { ...offer, topic: 'trade-cancelled' };
  const mark = cell(columns.mark, row);
  return {
    ...offer,
    topic: 'trade-listed',
    price: price(cell(columns.price, row)),
    openUntil: mark === NO_HEIGHT ? null : height(mark),
  };
}

function readDelegation(columns: EventColumns, row: number, kind: EventKind): GridEventBody {
  const pair = {
    prosumer: named(columns.accounts, columns.account, row),
    operator: named(columns.accounts, columns.operator, row),
    grantId: grantId(cell(columns.grant, row)),
  };
  if (kind === EventKind.delegationRevoked) return { ...pair, topic: 'delegation-revoked' };
  return {
    ...pair,
    topic: 'delegation-granted',
    spendLimit: microStx(cell(columns.amount, row)),
    energyLimit: wh(cell(columns.second, row)),
    maxBuyPrice: price(cell(columns.price, row)),
    minSellPrice: price(cell(columns.funds, row)),
    expiresAt: height(cell(columns.mark, row)),
  };
}

function readProsumer(columns: EventColumns, row: number, kind: EventKind): GridEventBody {
  const prosumer = named(columns.accounts, columns.account, row);
  const energyBalance = wh(cell(columns.energy, row));
  const fundsBalance = microStx(cell(columns.funds, row));
  const amount = cell(columns.amount, row);
  switch (kind) {
    case EventKind.prosumerRegistered:
      return { topic: 'prosumer-registered', prosumer };
    case EventKind.energyAdded:
      return { topic: 'energy-added', prosumer, amount: wh(amount), energyBalance };
    case EventKind.energyConsumed:
      return { topic: 'energy-consumed', prosumer, amount: wh(amount), energyBalance };
    case EventKind.fundsAdded:
      return { topic: 'funds-added', prosumer, amount: microStx(amount), fundsBalance };
    case EventKind.fundsWithdrawn:
      return { topic: 'funds-withdrawn', prosumer, amount: microStx(amount), fundsBalance };
    case EventKind.meterAssigned:
      return { topic: 'meter-assigned', prosumer, meter: named(columns.accounts, columns.other, row) };
    case EventKind.readingRecorded:
      return {
        topic: 'reading-recorded',
        prosumer,
        meter: named(columns.accounts, columns.other, row),
        readingId: cell(columns.mark, row),
        produced: wh(amount),
        consumed: wh(cell(columns.second, row)),
        energyBalance,
      };
    default:
      throw new CorruptionError(`expected the kind of an event, was ${kind}`);
  }
}
