import { CorruptionError } from '../../src/core/index.ts';
import { type EventColumns, EventKind, NO_GRANT, NO_HEIGHT, NONE } from '../data/event-columns.ts';
import { type ColumnarMarket, NO_SLOT } from './columnar-market.ts';
import { minus, plus } from './exact.ts';

/** The contract counts grants one by one; where a recording begins in the middle, its first is this far ahead at most. */
const LARGEST_GAP = 2 ** 20;

/**
 * Applies the events of the rows from `from` up to but not including `to`: what `evolve` does, in place and without
 * making an object.
 *
 * @throws CorruptionError when a row is not the next event, or speaks of what the state proves not to exist; the rows
 *   before it are applied then.
 */
export function evolveRows(market: ColumnarMarket, columns: EventColumns, from: number, to: number): void {
  market.reserveAccounts();
  const { kind, firstSequence } = columns;
  if (firstSequence + from !== market.sequence + 1) {
    throw new CorruptionError(`expected event ${market.sequence + 1}, was event ${firstSequence + from}`);
  }
  for (let row = from; row < to; row += 1) {
    switch (kind[row]) {
      case EventKind.tradeListed:
        list(market, columns, row);
        break;
      case EventKind.tradeBought:
        buy(market, columns, row);
        break;
      case EventKind.tradeCancelled:
        cancel(market, columns, row);
        break;
      default:
        evolveRow(market, columns, row);
    }
    market.sequence = firstSequence + row;
  }
}

/** Applies an event that is of no trade. */
function evolveRow(market: ColumnarMarket, columns: EventColumns, row: number): void {
  const account = columns.account[row] as number;
  switch (columns.kind[row]) {
    case EventKind.energyPriceSet:
      market.energyPrice = columns.price[row] as number;
      return;
    case EventKind.metersRequired:
      market.metersRequired = columns.amount[row] === 1;
      return;
    case EventKind.prosumerRegistered:
      if (market.registered[account] === 1) {
        throw new CorruptionError(
          `expected ${market.accounts.nameOf(account)} to register once, was registered before`,
        );
      }
      market.registered[account] = 1;
      market.prosumerCount += 1;
      return;
    case EventKind.energyAdded:
    case EventKind.energyConsumed: {
      const amount = columns.amount[row] as number;
      known(market, account);
      market.gridBalance = plus(market.gridBalance, columns.kind[row] === EventKind.energyAdded ? amount : -amount);
      market.energy[account] = columns.energy[row] as number;
      return;
    }
    case EventKind.fundsAdded:
    case EventKind.fundsWithdrawn: {
      const amount = columns.amount[row] as number;
      known(market, account);
      market.totalFunds = plus(market.totalFunds, columns.kind[row] === EventKind.fundsAdded ? amount : -amount);
      market.funds[account] = columns.funds[row] as number;
      return;
    }
    case EventKind.meterAssigned:
      known(market, account);
      market.meter[account] = columns.other[row] as number;
      return;
    case EventKind.readingRecorded:
      known(market, account);
      market.gridBalance = plus(
        market.gridBalance,
        minus(columns.amount[row] as number, columns.second[row] as number),
      );
      market.energy[account] = columns.energy[row] as number;
      market.lastReading[account] = columns.mark[row] as number;
      return;
    case EventKind.delegationGranted:
      grant(market, columns, row);
      return;
    case EventKind.delegationRevoked:
      revoke(market, columns, row);
      return;
    default:
      throw new CorruptionError(`expected the kind of an event, was ${columns.kind[row]}`);
  }
}

function known(market: ColumnarMarket, account: number): void {
  if (market.registered[account] === 1) return;
  const name = account === NONE ? 'nobody' : market.accounts.nameOf(account);
  throw new CorruptionError(`expected ${name} to be registered, was unknown`);
}

/** The grant in force that a trade's event speaks of. */
function grantInForce(market: ColumnarMarket, prosumer: number, operator: number): number {
  const id = market.grantOf(prosumer, operator);
  if (id !== NO_GRANT) return id;
  const [who, whom] = [market.accounts.nameOf(prosumer), market.accounts.nameOf(operator)];
  throw new CorruptionError(`expected a delegation of ${who} to ${whom}, was none`);
}

function list(market: ColumnarMarket, columns: EventColumns, row: number): void {
  const id = columns.trade[row] as number;
  if (id !== market.lastTrade + 1) {
    throw new CorruptionError(`expected trade ${market.lastTrade + 1} to be listed next, was ${id}`);
  }
  const seller = columns.account[row] as number;
  const amount = columns.amount[row] as number;
  const grant = columns.grant[row] as number;
  known(market, seller);
  if (grant !== NO_GRANT) {
    const lister = columns.operator[row] as number;
    market.energyLeft[grantInForce(market, seller, lister)] = columns.second[row] as number;
  }
  const slot = market.takeSlot(id);
  market.lastTrade = id;
  market.seller[slot] = seller;
  market.lister[slot] = columns.operator[row] as number;
  market.tradeGrant[slot] = grant;
  market.listedAt[slot] = columns.height[row] as number;
  market.amount[slot] = amount;
  market.price[slot] = columns.price[row] as number;
  market.openUntil[slot] = columns.mark[row] as number;
  market.energy[seller] = columns.energy[row] as number;
  market.escrowed[seller] = (market.escrowed[seller] as number) + amount;
  market.openTrades[seller] = (market.openTrades[seller] as number) + 1;
  if (market.changes !== null) market.changes.add(id, seller, slot);
}

/** Takes an offer out of the book, and answers the slot that it was in. */
function close(market: ColumnarMarket, id: number, seller: number): number {
  const slot = market.slotOf(id);
  if (slot === NO_SLOT) {
    throw new CorruptionError(`expected trade ${id} to be open, was ${id > market.lastTrade ? 'unknown' : 'closed'}`);
  }
  known(market, seller);
  market.freeSlot(id, slot);
  market.escrowed[seller] = (market.escrowed[seller] as number) - (market.amount[slot] as number);
  market.openTrades[seller] = (market.openTrades[seller] as number) - 1;
  if (market.changes !== null) market.changes.add(-id, seller, slot);
  return slot;
}

function cancel(market: ColumnarMarket, columns: EventColumns, row: number): void {
  const id = columns.trade[row] as number;
  const seller = columns.account[row] as number;
  const slot = close(market, id, seller);
  market.energy[seller] = columns.energy[row] as number;
  // The grant is the lister's, whoever cancelled.
  if (columns.grant[row] !== NO_GRANT) {
    market.energyLeft[grantInForce(market, seller, market.lister[slot] as number)] = columns.second[row] as number;
  }
}

function buy(market: ColumnarMarket, columns: EventColumns, row: number): void {
  const id = columns.trade[row] as number;
  const seller = columns.account[row] as number;
  const buyer = columns.other[row] as number;
  known(market, buyer);
  close(market, id, seller);
  market.energy[buyer] = columns.buyerEnergy[row] as number;
  market.funds[buyer] = columns.buyerFunds[row] as number;
  market.energy[seller] = columns.energy[row] as number;
  market.funds[seller] = columns.funds[row] as number;
  if (columns.grant[row] !== NO_GRANT) {
    market.spendLeft[grantInForce(market, buyer, columns.operator[row] as number)] = columns.second[row] as number;
  }
}

function grant(market: ColumnarMarket, columns: EventColumns, row: number): void {
  const id = columns.grant[row] as number;
  const prosumer = columns.account[row] as number;
  const operator = columns.operator[row] as number;
  if (id > market.lastGrant + LARGEST_GAP) {
    throw new CorruptionError(`expected a grant id near ${market.lastGrant + 1}, was ${id}`);
  }
  if (id >= market.spendLeft.length) market.reserveGrants(id);
  market.lastGrant = id;
  market.setGrant(prosumer, operator, id);
  market.grantProsumer[id] = prosumer;
  market.grantOperator[id] = operator;
  market.spendLeft[id] = columns.amount[row] as number;
  market.energyLeft[id] = columns.second[row] as number;
  market.maxBuyPrice[id] = columns.price[row] as number;
  market.minSellPrice[id] = columns.funds[row] as number;
  market.expiresAt[id] = columns.mark[row] as number;
}

function revoke(market: ColumnarMarket, columns: EventColumns, row: number): void {
  const id = columns.grant[row] as number;
  const prosumer = columns.account[row] as number;
  const operator = columns.operator[row] as number;
  if (market.grantOf(prosumer, operator) !== id) {
    const [who, whom] = [market.accounts.nameOf(prosumer), market.accounts.nameOf(operator)];
    throw new CorruptionError(`expected grant ${id} of ${who} to ${whom} to be in force, was not`);
  }
  market.setGrant(prosumer, operator, NO_GRANT);
}

/** Whether the offer in a slot can no longer be bought in a block of this height. */
export function isPast(market: ColumnarMarket, slot: number, height: number): boolean {
  const until = market.openUntil[slot] as number;
  return until !== NO_HEIGHT && height > until;
}
